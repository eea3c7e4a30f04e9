"""The plain admin of people, for superusers."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from modeltranslation.admin import TranslationAdmin

from members.models import Certification, Company, Delegate, Member, Membership, Role, Skill, Token


class RoleInline(admin.TabularInline):  # type: ignore[type-arg]
    """What the member does for which space."""

    model = Role
    extra = 0


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """When the member belongs to which space."""

    model = Membership
    extra = 0


class CertificationInline(admin.TabularInline):  # type: ignore[type-arg]
    """What the member has learned; services alone change it, and nobody deletes it."""

    model = Certification
    fk_name = "member"
    fields = ("skill", "space", "start_date", "end_date", "granted_by", "revoked_at")
    raw_id_fields = ("granted_by",)
    extra = 0
    can_delete = False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Rows are history, which the database keeps."""
        return False


class DelegateInline(admin.TabularInline):  # type: ignore[type-arg]
    """Who acts for the company."""

    model = Delegate
    raw_id_fields = ("member",)
    extra = 0


@admin.register(Member)
class MemberAdmin(UserAdmin):  # type: ignore[type-arg]
    """People, with what they may do and what they have learned."""

    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "roles__space")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("About", {"fields": ("name", "language", "timezone")}),
        ("May", {"fields": ("is_active", "is_asleep", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    filter_horizontal = ()
    inlines = (RoleInline, MembershipInline, CertificationInline)


@admin.register(Skill)
class SkillAdmin(TranslationAdmin):  # type: ignore[type-arg]
    """What can be learned."""

    list_display = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Companies and their people."""

    list_display = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (DelegateInline,)


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tokens, to be revoked where one got lost; made only by their members."""

    list_display = ("__str__", "member", "scopes", "expires_at", "revoked_at", "last_used_at")
    list_select_related = ("member",)
    search_fields = ("name", "member__email")
    readonly_fields = ("member", "scopes", "created_at", "last_used_at")

    def has_add_permission(self, request: object) -> bool:
        """A token made here would show its secret to nobody."""
        return False
