"""The methods of the Bot API, carried out on the emulator's world."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram.check import check
from tests.fakes.telegram.delivery import Webhook
from tests.fakes.telegram.errors import ApiError, bad
from tests.fakes.telegram.markup import parse_html, units
from tests.fakes.telegram.rates import Rates
from tests.fakes.telegram.things import place
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.world import Chat, ForumTopic, Json, Message, World

#: Bot API, createForumTopic: icon_color.
_TOPIC_COLOURS = {0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F}
#: Bot API, getFile: bots can download files of up to 20 MB.
DOWNLOAD_LIMIT = 20 * 1024 * 1024
_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


class BotApi:
    """Carries out requests; `settings` holds what the bot has set about itself."""

    def __init__(self, world: World, updates: Updates, webhook: Webhook, rates: Rates | None) -> None:
        self._world = world
        self._updates = updates
        self._webhook = webhook
        self._rates = rates
        self.settings: Json = {"commands": {}, "description": {}, "short_description": {}, "menu_button": {}}
        self.presses: dict[str, bool] = {}
        self.files: dict[str, Json] = {}
        #: what the bot sent as files, in order
        self.uploads: list[bytes] = []

    async def call(self, method: str, given: Json) -> Any:
        """The result of a request; raises `ApiError`."""
        params = check(method, given)
        if method == "getUpdates":
            return await self._get_updates(**params)
        action = getattr(self, f"_{re.sub('([A-Z])', lambda m: '_' + m[1].lower(), method)}")
        return action(**params)

    # --- the bot itself -------------------------------------------------------------------------------------------

    def _get_me(self) -> Json:
        return self._world.bot | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def _set_my_commands(self, commands: list[Json], scope: Json | None = None, language_code: str = "") -> bool:
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad("BOT_COMMAND_INVALID")
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        self.settings["commands"][self._scope(scope), language_code] = commands
        return True

    def _delete_my_commands(self, scope: Json | None = None, language_code: str = "") -> bool:
        self.settings["commands"].pop((self._scope(scope), language_code), None)
        return True

    def _get_my_commands(self, scope: Json | None = None, language_code: str = "") -> list[Json]:
        return list(self.settings["commands"].get((self._scope(scope), language_code), []))

    def _scope(self, scope: Json | None) -> str:
        """A scope as one word: `default`, `all_private_chats`, `chat:-1001` (Bot API, BotCommandScope)."""
        kind = (scope or {"type": "default"}).get("type")
        if kind in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators"):
            return str(kind)
        if kind not in ("chat", "chat_administrators", "chat_member") or scope is None or "chat_id" not in scope:
            raise bad("unsupported BotCommandScope type specified")
        chat = self._known(scope["chat_id"])
        if chat.kind == "channel":
            raise bad("can't change commands in channel chats")
        return f"{kind}:{chat.id}"

    def _set_my_description(self, description: str = "", language_code: str = "") -> bool:
        self.settings["description"][language_code] = description
        return True

    def _set_my_short_description(self, short_description: str = "", language_code: str = "") -> bool:
        self.settings["short_description"][language_code] = short_description
        return True

    def _set_chat_menu_button(self, chat_id: int | None = None, menu_button: Json | None = None) -> bool:
        self.settings["menu_button"][chat_id] = menu_button
        return True

    # --- updates --------------------------------------------------------------------------------------------------

    async def _get_updates(
        self, offset: int | None = None, limit: int = 100, timeout: int = 0, allowed_updates: list[str] | None = None
    ) -> list[Json]:
        if allowed_updates is not None:
            self._updates.allowed = allowed_updates
        return await self._updates.fetch(offset, limit, min(timeout, 50))

    def _get_webhook_info(self) -> Json:
        return self._webhook.info

    def _set_webhook(
        self,
        url: str,
        secret_token: str | None = None,
        allowed_updates: list[str] | None = None,
        max_connections: int = 40,
        drop_pending_updates: bool = False,
        **_: Any,
    ) -> bool:
        address = urlsplit(url)
        if url and address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if secret_token and not re.fullmatch(r"[A-Za-z0-9_-]+", secret_token):
            raise bad("secret token contains unallowed characters")
        if allowed_updates is not None:
            self._updates.allowed = allowed_updates
        if drop_pending_updates:
            self._updates.pending.clear()
        self._webhook.set(url, secret_token, max_connections)
        return True

    def _delete_webhook(self, drop_pending_updates: bool = False) -> bool:
        return self._set_webhook("", drop_pending_updates=drop_pending_updates)

    def _answer_callback_query(self, callback_query_id: str, **_: Any) -> bool:
        if callback_query_id not in self.presses:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.presses[callback_query_id] = True
        return True

    # --- messages -------------------------------------------------------------------------------------------------

    def _send_message(
        self,
        chat_id: int | str,
        text: str,
        parse_mode: str | None = None,
        reply_markup: Json | None = None,
        reply_parameters: Json | None = None,
        disable_notification: bool = False,
        message_thread_id: int | None = None,
        **_: Any,
    ) -> Json:
        chat = self._target(chat_id)
        content = _words(text, parse_mode)
        markup = _markup(chat, reply_markup)
        reply_to = _reply(chat, reply_parameters)
        topic = self._thread(chat, message_thread_id)
        self._count(chat)
        message = self._post(chat, content, reply_to, disable_notification, markup, topic)
        message.html = text if parse_mode else None
        return message.raw

    def _send_photo(self, chat_id: int | str, photo: bytes | str, **more: Any) -> Json:
        if isinstance(photo, bytes) and not photo.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
            raise bad("IMAGE_PROCESS_FAILED")
        return self._send_file(chat_id, "photo", photo, **more)

    def _send_document(self, chat_id: int | str, document: bytes | str, **more: Any) -> Json:
        if isinstance(document, bytes):
            self.uploads.append(document)
        return self._send_file(chat_id, "document", document, **more)

    def _send_file(
        self,
        chat_id: int | str,
        kind: str,
        file: bytes | str,
        caption: str = "",
        parse_mode: str | None = None,
        reply_markup: Json | None = None,
        reply_parameters: Json | None = None,
        disable_notification: bool = False,
        **_: Any,
    ) -> Json:
        chat = self._target(chat_id)
        if not file:
            raise bad("file must be non-empty")
        size = len(file)
        shown: Json = {"file_id": f"sent-{len(self.files)}", "file_unique_id": f"u{len(self.files)}", "file_size": size}
        self.files[shown["file_id"]] = shown | {"content": file}
        content: Json = {kind: [shown | {"width": 90, "height": 90}] if kind == "photo" else shown}
        if caption:
            words = _words(caption, parse_mode, most=1024)
            content["caption"] = words["text"]
        reply_to = _reply(chat, reply_parameters)
        self._count(chat)
        return self._post(chat, content, reply_to, disable_notification, _markup(chat, reply_markup)).raw

    def _copy_message(
        self,
        chat_id: int | str,
        from_chat_id: int | str,
        message_id: int,
        reply_markup: Json | None = None,
        reply_parameters: Json | None = None,
        disable_notification: bool = False,
        caption: str | None = None,
        parse_mode: str | None = None,
        message_thread_id: int | None = None,
        **_: Any,
    ) -> Json:
        chat, source = self._target(chat_id), self._known(from_chat_id)
        original = source.messages.get(message_id)
        if original is None or original.deleted or original.kind == "service":
            raise bad("message to copy not found")
        envelope = {
            "message_id", "date", "chat", "from", "reply_to_message", "reply_markup", "edit_date",
            "message_thread_id", "is_topic_message", "sender_chat", "media_group_id",
        }  # fmt: skip
        content = {key: value for key, value in original.raw.items() if key not in envelope}
        if caption is not None:
            words = _words(caption, parse_mode, most=1024)
            content |= {"caption": words["text"]}
        markup = _markup(chat, reply_markup)
        reply_to = _reply(chat, reply_parameters)
        topic = self._thread(chat, message_thread_id)
        self._count(chat)
        message = self._post(chat, content, reply_to, disable_notification, markup, topic)
        message.copy_of = (source.id, message_id)
        return {"message_id": message.id}

    def _edit_message_text(
        self,
        text: str | None = None,
        chat_id: int | str | None = None,
        message_id: int | None = None,
        parse_mode: str | None = None,
        reply_markup: Json | None = None,
        **_: Any,
    ) -> Json:
        chat, message = self._editable(chat_id, message_id)
        if "text" not in message.raw:
            raise bad("there is no text in the message to edit")
        if text is None:
            raise bad("message text is empty")
        content = _words(text, parse_mode)
        markup = _markup(chat, reply_markup)
        before = {key: message.raw.get(key) for key in ("text", "entities", "reply_markup")}
        after = {"text": content["text"], "entities": content.get("entities"), "reply_markup": markup}
        self._change(message, before, after)
        message.html = text if parse_mode else None
        return message.raw

    def _edit_message_reply_markup(
        self,
        chat_id: int | str | None = None,
        message_id: int | None = None,
        reply_markup: Json | None = None,
        **_: Any,
    ) -> Json:
        chat, message = self._editable(chat_id, message_id)
        before = {"reply_markup": message.raw.get("reply_markup")}
        self._change(message, before, {"reply_markup": _markup(chat, reply_markup)})
        return message.raw

    def _delete_message(self, chat_id: int | str, message_id: int) -> bool:
        chat = self._target(chat_id)
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise bad("message to delete not found")
        if self._world.time - message.raw["date"] > 48 * 3600:
            raise bad("message can't be deleted for everyone")
        message.deleted = True
        return True

    def _send_location(
        self,
        chat_id: int | str,
        latitude: float,
        longitude: float,
        horizontal_accuracy: float | None = None,
        reply_markup: Json | None = None,
        reply_parameters: Json | None = None,
        disable_notification: bool = False,
        message_thread_id: int | None = None,
        **_: Any,
    ) -> Json:
        chat = self._target(chat_id)
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise bad("invalid coordinates specified")
        if horizontal_accuracy is not None and not 0 <= horizontal_accuracy <= 1500:
            raise bad("horizontal accuracy must be between 0 and 1500")
        markup = _markup(chat, reply_markup)
        reply_to = _reply(chat, reply_parameters)
        topic = self._thread(chat, message_thread_id)
        self._count(chat)
        content = {"location": place(latitude, longitude, horizontal_accuracy)}
        return self._post(chat, content, reply_to, disable_notification, markup, topic).raw

    def _send_chat_action(
        self, chat_id: int | str, action: str, message_thread_id: int | None = None, **_: Any
    ) -> bool:
        chat = self._target(chat_id)
        if action not in _ACTIONS:
            raise bad("wrong parameter action in request")
        chat.actions.append((action, self._thread(chat, message_thread_id)))
        return True

    # --- forum topics -----------------------------------------------------------------------------------------------

    def _create_forum_topic(self, chat_id: int | str, name: str, icon_color: int = 0x6FB9F0, **_: Any) -> Json:
        chat = self._target(chat_id)
        if not chat.forum:
            raise bad("the chat is not a forum")
        if chat.bot != "administrator" or not chat.manages_topics:
            raise bad("not enough rights to create a topic")
        if icon_color not in _TOPIC_COLOURS:
            raise bad("wrong topic icon color specified")
        # The service message is the bot's, so it is taken to count among its twenty a minute (nowhere documented).
        self._count(chat)
        made = {"name": name, "icon_color": icon_color}
        message = self._world.post(chat, self._world.bot, {"forum_topic_created": made})
        message.by_bot = False  # nothing that it said
        message.raw |= {"message_thread_id": message.id, "is_topic_message": True}
        chat.topics[message.id] = ForumTopic(message.id, name, icon_color)
        return {"message_thread_id": message.id} | made

    def _edit_forum_topic(self, chat_id: int | str, message_thread_id: int, name: str = "", **_: Any) -> bool:
        chat, topic = self._topic(chat_id, message_thread_id)
        if not name or topic.name == name:
            raise bad("TOPIC_NOT_MODIFIED")
        self._count(chat)
        topic.name = name
        self._world.post(chat, self._world.bot, {"forum_topic_edited": {"name": name}}, topic=topic.id).by_bot = False
        return True

    def _close_forum_topic(self, chat_id: int | str, message_thread_id: int) -> bool:
        return self._shut(chat_id, message_thread_id, closed=True)

    def _reopen_forum_topic(self, chat_id: int | str, message_thread_id: int) -> bool:
        return self._shut(chat_id, message_thread_id, closed=False)

    def _shut(self, chat_id: int | str, message_thread_id: int, *, closed: bool) -> bool:
        chat, topic = self._topic(chat_id, message_thread_id)
        if topic.closed == closed:
            raise bad("TOPIC_NOT_MODIFIED")
        self._count(chat)
        topic.closed = closed
        service = "forum_topic_closed" if closed else "forum_topic_reopened"
        self._world.post(chat, self._world.bot, {service: {}}, topic=topic.id).by_bot = False
        return True

    def _topic(self, chat_id: int | str, message_thread_id: int) -> tuple[Chat, ForumTopic]:
        chat = self._target(chat_id)
        topic = chat.topics.get(message_thread_id)
        if not chat.forum or topic is None or topic.deleted:
            raise bad("message thread not found")
        # The bot made all the topics here, and their creator needs no right for them.
        return chat, topic

    def _thread(self, chat: Chat, message_thread_id: int | None) -> int | None:
        """The topic that a message is sent to. The bot, an administrator with the right, may write to a closed one."""
        if message_thread_id is None:
            return None
        topic = chat.topics.get(message_thread_id)
        if not chat.forum or topic is None or topic.deleted:
            raise bad("message thread not found")
        if topic.closed and (chat.bot != "administrator" or not chat.manages_topics):
            raise bad("TOPIC_CLOSED")
        return topic.id

    def _get_chat(self, chat_id: int | str) -> Json:
        chat = self._known(chat_id)
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return chat.raw | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    def _get_file(self, file_id: str) -> Json:
        if file_id not in self.files:
            raise bad("invalid file_id")
        file = self.files[file_id]
        if file.get("file_size", 0) > DOWNLOAD_LIMIT:
            raise bad("file is too big")
        return file

    # --- shared ---------------------------------------------------------------------------------------------------

    def _known(self, chat_id: int | str | None) -> Chat:
        chat = next((c for c in self._world if chat_id in (c.id, f"@{c.title}")), None)
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
        return chat

    def _target(self, chat_id: int | str | None) -> Chat:
        """The chat, if the bot may write there."""
        chat = self._known(chat_id)
        if chat.deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.bot == "kicked":
            raise ApiError(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
        if chat.bot == "left":
            raise ApiError(403, f"Forbidden: bot is not a member of the {chat.kind} chat")
        if chat.kind == "channel" and chat.bot != "administrator":
            raise bad("need administrator rights in the channel chat")
        return chat

    def _editable(self, chat_id: int | str | None, message_id: int | None) -> tuple[Chat, Message]:
        if chat_id is None or message_id is None:
            raise bad("message identifier is not specified")
        chat = self._target(chat_id)
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise bad("message to edit not found")
        if not message.by_bot or message.keyboard:
            raise bad("message can't be edited")
        return chat, message

    def _change(self, message: Message, before: Json, after: Json) -> None:
        if before == after:
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        for key, value in after.items():
            if value is None:
                message.raw.pop(key, None)
            else:
                message.raw[key] = value
        message.raw["edit_date"] = self._world.time
        message.edits += 1

    def _count(self, chat: Chat) -> None:
        if self._rates:
            self._rates.count(chat.id, self._world.now())

    def _post(
        self,
        chat: Chat,
        content: Json,
        reply_to: int | None,
        silent: bool,
        markup: Json | None,
        topic: int | None = None,
    ) -> Message:
        inline = markup if markup and "inline_keyboard" in markup else None
        sender = self._world.bot if chat.kind != "channel" else None
        message = self._world.post(
            chat,
            sender,
            content | ({"reply_markup": inline} if inline else {}),
            reply_to=reply_to,
            topic=topic,
            silent=silent,
        )
        message.by_bot = True
        if markup and not inline:
            message.keyboard = markup
        return message


def _words(text: str, parse_mode: str | None, *, most: int = 4096) -> Json:
    """The text after entities are parsed, and the entities."""
    if parse_mode is None:
        parsed, entities = text.strip(), []
    elif parse_mode.upper() == "HTML":
        parsed, entities = parse_html(text)
    else:
        raise bad(f"unsupported parse_mode {parse_mode!r}; this emulator reads HTML")
    if not parsed:
        raise bad("message text is empty")
    if units(parsed) > most:
        raise bad("message is too long" if most == 4096 else "message caption is too long")
    return {"text": parsed} | ({"entities": entities[:100]} if entities else {})


def _markup(chat: Chat, markup: Json | None) -> Json | None:
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = [row for row in markup["inline_keyboard"] if row]
        if sum(map(len, rows)) > 100:
            raise bad("reply markup is too long")
        return {"inline_keyboard": rows} if rows else None
    for row in markup.get("keyboard", []):
        for key in row:
            if key.get("request_location") and not chat.is_private:
                raise bad("location can be requested in private chats only")
    return markup


def _reply(chat: Chat, parameters: Json | None) -> int | None:
    if parameters is None:
        return None
    answered = chat.messages.get(parameters["message_id"])
    if answered is None or answered.deleted:
        if not parameters.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return None
    return answered.id
