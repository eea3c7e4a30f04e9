"""What a space asks at check-out: set, and given up."""

from datetime import datetime

from booking.models import Question


def save_question(*, question: Question) -> Question:
    """Ask `question` from now on; what was answered before stays as it was."""
    question.save()
    return question


def retire_question(*, question: Question, now: datetime) -> Question:
    """Ask it no more; the answers stay."""
    if question.retired_at is None:
        question.retired_at = now
        question.save(update_fields=["retired_at"])
    return question
