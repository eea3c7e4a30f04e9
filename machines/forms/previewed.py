"""Forms whose result is shown before it is saved."""

import hashlib
import json

from django import forms

UNSIGNED = frozenset({"csrfmiddlewaretoken", "step", "previewed", "all"})
ANSWER = "to-"
"""What the names of fields begin with that answer what a preview asks."""


class PreviewedForm(forms.Form):
    """A form that knows by a fingerprint whether what is saved is what was shown."""

    unsigned = UNSIGNED
    """What may differ."""

    def fingerprint(self) -> str:
        """A short digest of all that was typed."""
        typed = {
            name: self.data.getlist(name) if hasattr(self.data, "getlist") else self.data[name]
            for name in sorted(self.data)
            if name not in self.unsigned and not name.startswith(ANSWER)
        }
        return hashlib.sha256(json.dumps(typed).encode()).hexdigest()[:16]

    def was_previewed(self) -> bool:
        """Whether nothing has been changed since the preview."""
        return self.data.get("previewed") == self.fingerprint()
