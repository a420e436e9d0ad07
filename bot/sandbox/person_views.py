"""What a person does in modals and on the Home tab: look, click, choose, type, submit, close."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.sandbox import interactions
from bot.sandbox.acting import Field, act_in_view, enter, enter_in_view
from bot.sandbox.finding import CannotDo, find_element
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.modals import View
from bot.sandbox.results import ActionResult, SubmitResult
from bot.sandbox.state import User
from bot.sandbox.submitting import submit_view

if TYPE_CHECKING:  # the workspace hands out persons
    from bot.sandbox.workspace import Workspace


class InViews:
    """Somebody, as far as views go."""

    def __init__(self, ws: "Workspace", user_id: str) -> None:
        self._ws = ws
        self.id = user_id

    @property
    def user(self) -> User:
        """Who it is."""
        return self._ws.conversations.users[self.id]

    def open_home(self) -> None:
        """Look at the bot's Home tab."""
        if not self._ws.app.home_tab:
            raise CannotDo("The app has no Home tab: its manifest does not enable it.")
        self._open_tab("home")

    def open_messages(self) -> None:
        """Look at the direct message with the bot: Slack tells of it by the same event as of the Home tab."""
        if not self._ws.app.messages_tab:
            raise CannotDo("The app has no Messages tab: its manifest disables it.")
        self._open_tab("messages")

    @property
    def view(self) -> JsonObject | None:
        """The modal this person sees, as Slack would show it to the bot; None when there is none."""
        with self._ws.changes.lock:
            view = self._ws.views.top(self.id)
            return self._ws.views.as_slack(view) if view else None

    @property
    def views(self) -> list[JsonObject]:
        """The whole stack of modals, the lowest first."""
        with self._ws.changes.lock:
            return [self._ws.views.as_slack(view) for view in self._ws.views.stacks.get(self.id, [])]

    def click_in_view(
        self,
        view_id: str,
        action_id: str | None = None,
        *,
        block_id: str | None = None,
        value: str | None = None,
        text: str | None = None,
    ) -> ActionResult:
        """Click a button of a modal or Home tab."""
        view = self._own_view(view_id)
        return act_in_view(
            self._ws,
            self.user,
            view,
            find_element(view.payload["blocks"], action_id=action_id, block_id=block_id, value=value, text=text),
            None,
        )

    def choose_in_view(
        self, view_id: str, option: Json, *, action_id: str | None = None, block_id: str | None = None
    ) -> ActionResult:
        """Choose in a select or picker that tells the bot at once; `enter` is for those that may not."""
        view = self._own_view(view_id)
        found = find_element(view.payload["blocks"], action_id=action_id, block_id=block_id)
        return act_in_view(self._ws, self.user, view, found, option)

    def enter(
        self,
        block_id: str,
        value: Json,
        *,
        action_id: str | None = None,
        view_id: str | None = None,
        press_enter: bool = True,
    ) -> ActionResult | None:
        """Type or choose in the open modal (or in the view of that id); None when the bot is not told of it.

        It is told of what stands in an input block with `dispatch_action`, or in no input block: of a choice when
        it is another than before, of a text when a character changes or Enter is pressed, as its element asks. A
        text of several characters counts as typed in one go.
        """
        view = self._own_view(view_id) if view_id else self._top_view()
        key = (block_id, action_id) if action_id else block_id
        return enter_in_view(self._ws, self.user, view, key, value, press_enter=press_enter)

    def leave_in(self, view_id: str, values: Mapping[tuple[str, str], Json]) -> None:
        """What stands in the fields of this person's screen, for a client that tells of changes by itself.

        A field that an update took away meanwhile is passed over.
        """
        view = self._own_view(view_id)
        with self._ws.changes.lock:
            for (block_id, action_id), value in values.items():
                if action_id in view.state.get(block_id, {}):
                    enter(view, (block_id, action_id), value)

    def submit(
        self, values: Mapping[str, Json] | Mapping[tuple[str, str], Json] | None = None, *, force: bool = False
    ) -> SubmitResult:
        """Fill in the open modal and submit it.

        Keys are block ids, or (block_id, action_id); values are texts, or options by value or label. Fields
        left out keep what is in them; the bot is told of those that dispatch, as by `enter`, before the
        submission. `force` submits what Slack's client would have refused.
        """
        view = self._top_view()
        entered: list[tuple[Field, Json]] = list((values or {}).items())
        for key, given in entered:
            enter_in_view(self._ws, self.user, view, key, given, press_enter=False)
        return submit_view(self._ws, self.user, view, force=force)

    def close_view(self, *, whole_stack: bool = False) -> None:
        """Leave the open modal: by its Cancel button (back to the one under it), or by the X of all."""
        ws = self._ws
        with ws.changes.lock:
            view = self._top_view()
            payload = interactions.closing(ws, self.user, view, is_cleared=whole_stack)
            if whole_stack or view.payload.get("clear_on_close"):
                ws.views.clear(self.id)
            else:
                ws.views.close_top(self.id)
            ws.changes.happened()
        if view.payload.get("notify_on_close"):
            ws.courier.send_and_wait("interactive", payload)

    def _open_tab(self, tab: str) -> None:
        ws = self._ws
        with ws.changes.lock:
            shown = ws.home(self.id) if tab == "home" else None
            ws.events.home_opened(self.id, ws.dm_channel(self.id), tab, shown, ws.conversations.next_ts())

    def _top_view(self) -> View:
        with self._ws.changes.lock:
            view = self._ws.views.top(self.id)
        if view is None:
            raise CannotDo(f"{self.user.name} has no modal open.")
        return view

    def _own_view(self, view_id: str) -> View:
        with self._ws.changes.lock:
            views = [*self._ws.views.stacks.get(self.id, []), self._ws.views.homes.get(self.id)]
            for view in views:
                if view is not None and view.id == view_id:
                    return view
        raise CannotDo(f"{self.user.name} does not see a view {view_id}.")
