"""What this room refuses.

Refused
├── Forbidden 403   OverGrant
├── NotFound 404    ContainerNotFound
├── Conflict 409    LastManager, LastGroupAdmin, LastSiteAdmin, BuiltinRole, RoleInUse, AlreadyThere
├── Invalid 422     UnknownUser, UnknownRole, UnknownAction, MissingActions, BadUserId, WeakPassword,
│                   ReasonMissing
├── Unauthenticated 401  WrongLogin, WrongCode, CodeNeeded, EnrolmentNeeded
└── TooMany 429     TooManyAttempts
"""

from __future__ import annotations

from treadle.server.kit.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated


class OverGrant(Forbidden):
    """You cannot grant more than you hold."""

    code = "access.over_grant"


class ContainerNotFound(NotFound):
    """There is no such container, or you may not see it."""

    code = "catalog.container_not_found"


class LastManager(Conflict):
    """A project keeps at least one user who may manage its permissions: this would remove the last one."""

    code = "access.last_manager"


class LastGroupAdmin(Conflict):
    """A group keeps at least one administrator: this would remove the last one."""

    code = "access.last_group_admin"


class LastSiteAdmin(Conflict):
    """The site keeps at least one enabled site administrator: this would remove the last one."""

    code = "access.last_site_admin"


class BuiltinRole(Conflict):
    """Built-in roles cannot be changed or deleted."""

    code = "access.builtin_role"


class RoleInUse(Conflict):
    """The role is in use; take it away from its users and templates first."""

    code = "access.role_in_use"


class AlreadyThere(Conflict):
    """This is there already."""

    code = "access.already_there"


class UnknownUser(Invalid):
    """There is no such user."""

    code = "access.unknown_user"


class UnknownRole(Invalid):
    """A role is not one of the built-in roles or of the roles of this group."""

    code = "access.unknown_role"


class UnknownAction(Invalid):
    """There is no such action; GET /api/roles/actions lists them."""

    code = "access.unknown_action"


class MissingActions(Invalid):
    """The role lacks actions that others in it need."""

    code = "access.missing_actions"


class BadUserId(Invalid):
    """A user id is an e-mail address of 4 to 256 characters."""

    code = "access.bad_user_id"


class WeakPassword(Invalid):
    """A password has 8 to 1024 characters."""

    code = "access.weak_password"


class ReasonMissing(Invalid):
    """This site demands a reason for every deletion: send 'delete_reason'."""

    code = "access.reason_missing"


class WrongCode(Unauthenticated):
    """The code is wrong, too old, or was used before; wait for the next one."""

    code = "access.wrong_code"


class CodeNeeded(Unauthenticated):
    """Send the code of your authenticator app, or a recovery code, too."""

    code = "access.code_needed"


class EnrolmentNeeded(Unauthenticated):
    """This site demands a second factor: set up an authenticator app and send its code."""

    code = "access.enrolment_needed"


class WrongLogin(Unauthenticated):
    """The e-mail address or the password is wrong."""

    code = "access.wrong_login"


class TooManyAttempts(TooMany):
    """Too many wrong passwords; wait a quarter of an hour and try again."""

    code = "access.too_many_attempts"
