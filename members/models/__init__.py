from members.models.badge import Badge, Pin
from members.models.certification import Certification, Skill, SkillTerms
from members.models.company import Company, Delegate, Invitation
from members.models.granting import GrantingRight
from members.models.member import Member
from members.models.recognition import Recognition
from members.models.role import Membership, Role
from members.models.token import Token

__all__ = [
    "Badge",
    "Certification",
    "Company",
    "Delegate",
    "GrantingRight",
    "Invitation",
    "Member",
    "Membership",
    "Pin",
    "Recognition",
    "Role",
    "Skill",
    "SkillTerms",
    "Token",
]
