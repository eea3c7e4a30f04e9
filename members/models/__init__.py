from members.models.certification import Certification, Skill
from members.models.company import Company, Delegate, Invitation
from members.models.member import Member
from members.models.role import Membership, Role
from members.models.token import Token

__all__ = [
    "Certification",
    "Company",
    "Delegate",
    "Invitation",
    "Member",
    "Membership",
    "Role",
    "Skill",
    "Token",
]
