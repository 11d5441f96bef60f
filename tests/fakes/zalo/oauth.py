"""The granting of tokens: a refresh token works once, an access token dies when the next is granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.server import HttpRequest


class OAuth:
    """One app's grants for one account."""

    def __init__(self, app_id: str, app_secret: str, now: Callable[[], float]) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._now = now
        self._number = 0
        self.lifetime = 90_000
        #: The refresh token that works now; None when the grant is gone.
        self.refresh_token: str | None = "refresh-0"
        self.used: list[str] = []
        self.access_token: str | None = None
        self._expires_at = 0.0
        #: Uses of a refresh token that had been used up: a grant that a real account would have lost.
        self.reused = 0

    def consent(self) -> str:
        """An administrator consents anew: the refresh token that they are given."""
        self._number += 1
        self.refresh_token = f"refresh-{self._number}-consented"
        return self.refresh_token

    def grant(self, request: HttpRequest) -> dict[str, Any]:
        """Answers the token call."""
        fields = request.fields
        if request.headers.get("secret_key") != self._app_secret or fields.get("app_id") != self._app_id:
            return {"error": -14004, "error_name": "Invalid app credentials"}
        if fields.get("grant_type") != "refresh_token":
            return {"error": -14005, "error_name": "Invalid grant type"}
        given = fields.get("refresh_token")
        if given != self.refresh_token or given is None:
            self.reused += given in self.used
            return {"error": -14014, "error_name": "Invalid refresh token"}
        self._number += 1
        self.used.append(given)
        self.access_token, self.refresh_token = f"access-{self._number}", f"refresh-{self._number}"
        self._expires_at = self._now() + self.lifetime
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_in": str(self.lifetime),
        }

    def complaint(self, token: str | None) -> dict[str, Any] | None:
        """What a call with that access token is told, None if it may pass."""
        if token is None or token != self.access_token:
            return {"error": -216, "message": "Access token is invalid"}
        if self._now() >= self._expires_at:
            return {"error": -220, "message": "Access token has expired"}
        return None
