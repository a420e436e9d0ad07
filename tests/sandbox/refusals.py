"""Calls that must be refused."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError


def refusal(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    answer: dict[str, Any] = caught.value.response.data
    return answer


def error(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    return str(refusal(call, *args, **kwargs)["error"])
