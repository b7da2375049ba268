"""A stateful fake of Telegram's Bot API on a real socket, for end-to-end tests of the real client library.

    with FakeBotApi() as fake:
        bot = Bot(fake.token, base_url=fake.base_url)
        fake.send_text(7, "/start")                      # what a user does
        fake.wait_for("sendMessage")                     # what the bot did
        assert fake.messages(7)[-1].text == "Hello"      # what the user sees
        assert not fake.faults                           # what Telegram would have refused

Sources: https://core.telegram.org/bots/api (each method at its anchor); tdlib/td for HTML style and links
(MessageEntity.cpp, LinkManager.cpp); tdlib/telegram-bot-api (Client.cpp) for error texts and lifetimes.
Everything is thread-safe. `wait_for` blocks: in an event loop call it through `asyncio.to_thread`.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import socketserver
import threading
import time
import traceback
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.client import parse_headers
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
KINDS = frozenset(
    (
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "inline_query",
        "callback_query",
        "chosen_inline_result",
        "shipping_query",
        "pre_checkout_query",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "message_reaction",
        "message_reaction_count",
    )
)
DEFAULT_KINDS = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}  # Bot API, getUpdates
STRINGS = frozenset(
    (  # parameters that are plain text in a form, all others are JSON
        "text",
        "caption",
        "parse_mode",
        "callback_query_id",
        "inline_query_id",
        "inline_message_id",
        "url",
        "name",
        "description",
        "short_description",
        "action",
        "document",
        "language_code",
        "secret_token",
        "next_offset",
    )
)
ACTIONS = frozenset(
    (
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
    )
)
TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|(?!\s)([A-Za-z0-9.-]*)(?=[\s>])))?""")
TYPED = {
    "bot_command": r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])",
    "mention": r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)",
    "url": r"https?://[^\s<>]+",
    "email": r"(?<![\w.+/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
}
LABEL = ("text", "style", "icon_custom_emoji_id")  # what a button has beside its action
LIMITS = {"name": 64, "description": 512, "short_description": 120}
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
TWO_POLLERS = "terminated by other getUpdates request; make sure that only one bot instance is running"


class ApiError(Exception):
    """An answer with `ok: false`: its HTTP status, and Telegram's description as the message."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status


def bad(text: str) -> ApiError:
    """The commonest one."""
    return ApiError(400, f"Bad Request: {text}")


def utf16(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts (Bot API, MessageEntity)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def typed_entities(text: str) -> list[Json]:
    """What Telegram finds by itself in a user's text: commands, mentions, http links, e-mail addresses."""
    found = [(m, kind) for kind, pattern in TYPED.items() for m in re.finditer(pattern, text)]
    return [
        {"type": kind, "offset": utf16(text[: m.start()]), "length": utf16(m[0])}
        for m, kind in sorted(found, key=lambda pair: pair[0].start())
    ]


def copy(value: Any) -> Any:
    """A deep copy of JSON."""
    return json.loads(json.dumps(value))


def check_url(url: str) -> str:
    """The link as Telegram keeps it; ValueError with Telegram's reason (td, LinkManager::check_link)."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):(?!\d)", url, re.I)
    if scheme and scheme[1].lower() in ("tg", "ton"):
        return url
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise ValueError("Unsupported URL protocol")
    parts = urlsplit(url if scheme else f"http://{url}")
    if not parts.hostname:
        raise ValueError("URL host is empty")
    if "." not in parts.hostname or re.search(r"\s", parts.hostname):
        raise ValueError("Wrong HTTP URL")
    return parts._replace(path=parts.path or "/").geturl()


def unescape(text: str) -> str:
    """Numeric references and lt, gt, amp, quot decoded, all else left (td, decode_html_entity)."""

    def one(m: re.Match[str]) -> str:
        code = int(m[1], 16) if m[1] else int(m[2] or 0)
        known = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}.get(m[3] or "", m[0])
        return chr(code) if 0 < code < 0x10FFFF else known

    return re.sub(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?", one, text)


def parse_html(source: str, dropped: list[str] | None = None) -> tuple[str, list[Json]]:
    """Text and entities (Bot API, "HTML style"; td, do_parse_html); ValueError with Telegram's words.

    Links that Telegram drops without an error (mailto: among them) are added to `dropped`.
    """
    out, pos, entities, stack = "", 0, list[Json](), list[tuple[str, str, int]]()
    while pos < len(source):
        where = f"at byte offset {len(source[:pos].encode())}"
        if source[pos] != "<":
            end = source.find("<", pos) % (len(source) + 1)
            out, pos = out + unescape(source[pos:end]), end
            continue
        if not source.startswith("</", pos):
            tag, argument, pos = _start_tag(source, pos, where)
            stack.append((tag, argument, len(out)))
            continue
        if not stack:
            raise ValueError(f"Unexpected end tag {where}")
        match = re.match(r"</([^\s>]*)\s*>", source[pos:])
        if not match:
            raise ValueError(f"Unclosed end tag {where}")
        pos, (tag, argument, start) = pos + match.end(), stack.pop()
        if match[1] and match[1].lower() != tag:
            raise ValueError(f'Unmatched end tag {where}, expected "</{tag}>", found "</{match[1]}>"')
        inner, offset = out[start:], utf16(out[:start])
        entity: Json = {"type": TAGS[tag], "offset": offset, "length": utf16(inner)}
        twin = entities[-1] if entities and entities[-1]["offset"] == offset else {}
        if tag == "tg-emoji" and not (argument.isdigit() and 0 < int(argument) < 2**63):
            raise ValueError("Invalid custom emoji identifier specified")
        if (
            {tag, twin.get("type")} == {"pre", "code"}
            and twin["length"] == entity["length"]
            and (argument or "language" in twin)
        ):  # both on the same text are one `pre` with a language
            twin.update(type="pre", language=argument or twin["language"])
            continue
        if tag == "a" and (user := re.match(r"tg:(?://)?user\?id=(\d+)", argument)):
            person = {"id": int(user[1]), "is_bot": False, "first_name": inner}
            entity |= {"type": "text_mention", "user": person}
        elif tag == "a":
            try:
                entity["url"] = check_url(argument or inner)
            except ValueError:
                (dropped if dropped is not None else []).append(argument or inner)
                continue
        elif argument and tag != "span":
            entity |= {
                "code": {"language": argument},
                "tg-emoji": {"custom_emoji_id": argument},
                "blockquote": {"type": "expandable_blockquote"},
            }[tag]
        if inner:
            entities.append(entity)
    if stack:
        raise ValueError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    if re.search("[\ud800-\udfff]", out):
        raise ValueError(
            "Text contains invalid Unicode characters after decoding HTML entities, check for "
            "unmatched surrogate code units"
        )
    entities = [{k: v for k, v in e.items() if k != "language" or e["type"] == "pre"} for e in entities]
    return out, sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _start_tag(source: str, begin: int, where: str) -> tuple[str, str, int]:
    """Tag, the one argument that matters, position after it; ValueError as in parse_html."""
    pos, argument, bare = begin + len(re.split(r"[\s>]", source[begin:], maxsplit=1)[0]), "", False
    tag = source[begin + 1 : pos].lower()
    if pos < len(source) and tag not in TAGS:
        raise ValueError(f'Unsupported start tag "{tag}" {where}')
    while match := ATTRIBUTE.match(source, pos):
        pos, name, bare = match.end(), match[1], match[2] is match[3] is match[4] is None
        value = match[4].lower() if match[4] else unescape(match[2] or match[3] or "")
        if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
            argument = value
        elif (tag, name) == ("code", "class") and value.startswith("language-"):
            argument = value[9:]
        elif (tag, name) == ("blockquote", "expandable") or (tag, value) == ("span", "tg-spoiler"):
            argument = "1"
        if bare and (token := re.match(r"=\s*(?=[^\s'\"])", source[pos:])):
            at = len(source[: pos + token.end()].encode())
            raise ValueError(f"Unexpected end of name token at byte offset {at}")
    rest = source[pos:].lstrip()
    if rest.startswith("=") and not bare:
        raise ValueError(f'Empty attribute name in the tag "{tag}" {where}')
    if not rest.startswith(">"):
        raise ValueError(f"Unclosed start tag {where}")
    if tag == "span" and not argument:
        raise ValueError(f'Tag "span" must have class "tg-spoiler" {where}')
    return tag, argument, len(source) - len(rest) + 1


@dataclass
class Call:
    """A request: `params` decoded, `files` uploaded, `at` time.monotonic(), `status` 0 while it waits."""

    method: str
    params: Json
    chat_id: Any
    at: float
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    status: int = 0


@dataclass(frozen=True)
class Seen:
    """A message as its user sees it; `text` is also a caption, `keyboard` a markup that is not inline."""

    message_id: int
    from_bot: bool
    text: str
    entities: list[Json]
    buttons: list[list[Json]]
    edited: bool
    keyboard: Json | None
    json: Json

    @property
    def callback_data(self) -> list[str]:
        """What can be tapped, in order."""
        return [b["callback_data"] for row in self.buttons for b in row if "callback_data" in b]


class FakeBotApi:
    """The server and its state, a context manager.

    Takes the bot's token, `judge(method, params) -> faults` as a second opinion on every call, and a clock in
    seconds. Sending to a chat that no user has opened (by writing, or open_chat) is refused.
    """

    callback_lifetime, inline_lifetime = 150.0, 30.0  # seconds (telegram-bot-api, Client.cpp)

    def __init__(
        self,
        token: str = "123456:TEST-token",
        *,
        clock: Callable[[], float] = time.time,
        judge: Callable[[str, Json], list[str]] | None = None,
    ) -> None:
        self.token, self.judge, self.clock, self.skew = token, judge, clock, 0.0
        self.me: Json = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
        self.commands: dict[tuple[str, str], list[Json]] = {}  # (scope as JSON, language): as it was set
        self.texts: dict[tuple[str, str], str] = {("name", ""): "Fake"}  # (name|description|…, language)
        self._cond, self._closed = threading.Condition(), threading.Event()
        self._calls, self._faults, self._queue = list[Call](), list[str](), list[tuple[int, Json]]()
        self._update_id, self._last_id, self._poll, self._conflict = 1000, 0, 0, ""
        self._chats, self._users = dict[int, Json](), dict[int, Json]()
        self._stored: dict[int, dict[int, Json]] = defaultdict(dict)  # chat -> message_id -> message
        self._keyboards: dict[tuple[int, int], Json] = {}
        self._queries, self._blocked = dict[str, float](), set[int]()  # query id -> end of its life
        self._allowed = DEFAULT_KINDS
        self._webhook: Json = {"url": "", "has_custom_certificate": False}
        self._planned: dict[str, deque[Json]] = defaultdict(deque)
        self._server = _Server(self)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/bot"

    def __enter__(self) -> FakeBotApi:
        """Listens from now on."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends what waits, closes every connection, joins its threads."""
        self._server.shutdown()
        with self._cond:
            self._closed.set()
            self._cond.notify_all()
            for sock in list(self._server.connections):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    # What a test sees

    @property
    def calls(self) -> list[Call]:
        """All requests so far."""
        with self._cond:
            return list(self._calls)

    @property
    def faults(self) -> list[str]:
        """What Telegram would have refused or dropped, and what the judge said; not failures asked for."""
        with self._cond:
            return list(self._faults)

    def messages(self, chat_id: int) -> list[Seen]:
        """The chat as its user sees it now: both sides, edits and deletions applied."""
        with self._cond:
            return [
                Seen(
                    m["message_id"],
                    m["from"]["is_bot"],
                    m.get("text", m.get("caption", "")),
                    m.get("entities", m.get("caption_entities", [])),
                    m.get("reply_markup", {}).get("inline_keyboard", []),
                    "edit_date" in m,
                    self._keyboards.get((chat_id, m["message_id"])),
                    m,
                )
                for m in map(copy, self._stored[chat_id].values())
            ]

    def wait_for(self, what: str | Callable[[Call], bool], count: int = 1, timeout: float = 20) -> list[Call]:
        """The calls of a method, or that a predicate accepts, once there are `count`; else AssertionError."""
        accept = what if callable(what) else lambda call: call.method == what
        with self._cond:
            if self._cond.wait_for(lambda: sum(map(accept, self._calls)) >= count, timeout):
                return list(filter(accept, self._calls))
            seen = [f"{c.method} {c.status}" for c in self._calls if c.method != "getUpdates"]
            raise AssertionError(f"no {count} x {what} in {timeout} s; calls: {seen}; faults: {self._faults}")

    def now(self) -> float:
        """The fake's time (message dates, query lifetimes; long polling takes real time)."""
        return self.clock() + self.skew

    def advance(self, seconds: float) -> None:
        """Moves the fake's time on."""
        self.skew += seconds

    # What a user does; each returns the update_id

    def open_chat(
        self,
        chat_id: int,
        *,
        user_id: int | None = None,
        language_code: str | None = "en",
        first_name: str = "Ann",
        chat_type: str = "private",
    ) -> Json:
        """Makes a chat and its user known without an update; returns the user."""
        user: Json = {"id": user_id or abs(chat_id), "is_bot": False, "first_name": first_name}
        with self._cond:
            self._users[user["id"]] = user | ({"language_code": language_code} if language_code else {})
            self._chats[chat_id] = {
                "id": chat_id,
                "type": chat_type,
                **({"first_name": first_name} if chat_type == "private" else {"title": f"Group {chat_id}"}),
            }
            return self._users[user["id"]]

    def send_text(
        self,
        chat_id: int,
        text: str,
        *,
        edited: int | None = None,
        reply_to_bot: bool = False,
        entities: list[Json] | None = None,
        **who: Any,
    ) -> int:
        """A user writes, or rewrites his message `edited`; entities are found as Telegram does unless given.

        `reply_to_bot` answers the bot's last message; `who` is as in open_chat (user_id, language_code, ...).
        """
        if edited is not None:
            return self.edit_text(chat_id, edited, text, entities)
        return self._incoming(chat_id, {"text": text}, "entities", text, reply_to_bot, entities, who)

    def send_media(
        self, kind: str, chat_id: int, *, caption: str = "", reply_to_bot: bool = False, **who: Any
    ) -> int:
        """A user sends a photo, voice, sticker, document, video_note or location."""
        ref, size = {"file_id": f"{kind}-id", "file_unique_id": f"{kind}-u"}, {"width": 512, "height": 512}
        media: Json = {
            "photo": [{**ref, **size}],
            "voice": {**ref, "duration": 3},
            "video_note": {**ref, "length": 240, "duration": 3},
            "sticker": {**ref, **size, "type": "regular", "is_animated": False, "is_video": False},
            "document": {**ref, "file_name": "letter.pdf"},
            "location": {"latitude": 52.5, "longitude": 13.4},
        }
        body = {kind: media[kind], **({"caption": caption} if caption else {})}
        return self._incoming(chat_id, body, "caption_entities", caption, reply_to_bot, None, who)

    def _incoming(
        self,
        chat_id: int,
        body: Json,
        key: str,
        text: str,
        reply_to_bot: bool,
        entities: list[Json] | None,
        who: Json,
    ) -> int:
        """Stores a message of a user and queues its update."""
        with self._cond:
            user = self.open_chat(chat_id, **who)
            body |= {key: found} if (found := typed_entities(text) if entities is None else entities) else {}
            if reply_to_bot:
                mine = [m for m in self._stored[chat_id].values() if m["from"]["is_bot"]]
                body["reply_to_message"] = mine[-1]
            return self._enqueue({"message": self._store(chat_id, user, body)})

    def edit_text(self, chat_id: int, message_id: int, text: str, entities: list[Json] | None = None) -> int:
        """A user edits his own message; KeyError if there is none."""
        with self._cond:
            message = self._stored[chat_id][message_id]
            assert not message["from"]["is_bot"], "a user can't edit the bot's message"
            found = typed_entities(text) if entities is None else entities
            message.update(text=text, entities=found, edit_date=int(self.now()))
            return self._enqueue({"edited_message": message})

    def tap(self, chat_id: int, message_id: int, callback_data: str, user_id: int | None = None) -> int:
        """A user taps a button that is on the message now, else AssertionError."""
        shown = {m.message_id: m for m in self.messages(chat_id)}
        assert message_id in shown, f"no message {message_id} in chat {chat_id}"
        assert callback_data in shown[message_id].callback_data, f"{callback_data!r} is not a button of it"
        with self._cond:
            user = self._users[chat_id if user_id is None else user_id]
            return self._enqueue(
                {
                    "callback_query": {
                        "id": str(self._update_id + 1),
                        "from": user,
                        "message": shown[message_id].json,
                        "chat_instance": str(chat_id),
                        "data": callback_data,
                    }
                }
            )

    def type_inline(self, user_id: int, query: str, **who: Any) -> int:
        """A user types `@bot query` in some chat (Bot API, InlineQuery); `who` is as in open_chat."""
        with self._cond:
            user = self.open_chat(user_id, **who)
            number = str(self._update_id + 1)
            return self._enqueue({"inline_query": {"id": number, "from": user, "query": query[:256], "offset": ""}})

    def block(self, user_id: int, blocked: bool = True) -> int:
        """A user blocks (unblocks) the bot: 403 from now on, and a my_chat_member update (Bot API)."""
        with self._cond:
            (self._blocked.add if blocked else self._blocked.discard)(user_id)
            states: list[Json] = [
                {"status": "member", "user": self.me},
                {"status": "kicked", "user": self.me, "until_date": 0},
            ]
            return self._enqueue(
                {
                    "my_chat_member": {
                        "chat": self._chats[user_id],
                        "from": self._users[user_id],
                        "date": int(self.now()),
                        "old_chat_member": states[not blocked],
                        "new_chat_member": states[blocked],
                    }
                }
            )

    def raw(self, update: Json) -> int:
        """Any update, also a malformed one; gets an update_id if it has none."""
        with self._cond:
            return self._enqueue(update)

    # Failures on demand, for the next calls of a method

    def fail_next(self, method: str, status: int = 429, retry_after: int = 1, *, times: int = 1) -> None:
        """They fail without effect; 502 comes with an HTML body, as from a proxy."""
        self._planned[method].extend([{"status": status, "retry_after": retry_after}] * times)

    def drop_next(self, method: str, *, after: bool = False, times: int = 1) -> None:
        """The connection ends without an answer, before the call has its effect or `after` it."""
        self._planned[method].extend([{"drop": "after" if after else "before"}] * times)

    def delay_next(self, method: str, seconds: float, *, times: int = 1) -> None:
        """They have their effect at once, the answer comes `seconds` of real time later."""
        self._planned[method].extend([{"delay": seconds}] * times)

    # The methods of the Bot API: do_<method>(parameters, call) -> result, ApiError where Telegram refuses

    def do_get_me(self, p: Json, call: Call) -> Json:
        """getMe: the bot as a User."""
        return {
            **self.me,
            "first_name": self.texts.get(("name", "")) or "Fake",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
        }

    def do_get_updates(self, p: Json, call: Call) -> list[Json]:
        """Long polling; a second poller ends the first one's (Client.cpp, abort_long_poll)."""
        if self._webhook["url"]:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use "
                "deleteWebhook to delete the webhook first",
            )
        poll, offset, limit = self._end_poll(TWO_POLLERS), p.get("offset", 0), p.get("limit", 100)
        self._allowed = frozenset(p.get("allowed_updates", self._allowed)) or DEFAULT_KINDS
        self._queue = self._queue[offset:] if offset < 0 else [q for q in self._queue if q[0] >= offset]
        self._cond.wait_for(
            lambda: self._queue or self._poll != poll or self._closed.is_set(), float(p.get("timeout", 0))
        )
        if self._poll != poll:
            raise ApiError(409, f"Conflict: {self._conflict}")
        return [update for _, update in self._queue[: limit if 1 <= limit <= 100 else 100]]

    def do_send_message(self, p: Json, call: Call) -> Json:
        """Also sendDocument: the Message as sent; 403 if blocked, 400 as in _chat, _text and _markup."""
        chat_id, body, reply = self._chat(p, write=True), dict[str, Any](), p.get("reply_parameters") or {}
        if call.method == "sendDocument":
            source = str(p.get("document", ""))
            name, content = call.files.get(source.removeprefix("attach://"), (source, b"by reference"))
            if not name or not content:
                raise bad("file must be non-empty" if name else "there is no document in the request")
            body["document"] = {
                "file_id": f"file-{self._last_id}",
                "file_unique_id": f"u{self._last_id}",
                "file_name": name,
                "file_size": len(content),
            }
        body |= self._text(p, "caption" if body else "text")
        if target := self._stored[chat_id].get(int(reply.get("message_id", 0))):
            body["reply_to_message"] = {k: v for k, v in target.items() if k != "reply_to_message"}
        elif reply and not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        markup = self._markup(p)
        message = self._store(chat_id, self.me, body | (markup if "reply_markup" in markup else {}))
        if "keyboard" in markup:
            self._keyboards[(chat_id, message["message_id"])] = markup["keyboard"]
        return message

    do_send_document = do_send_message

    def do_edit_message_text(self, p: Json, call: Call) -> Json | bool:
        """Both edits; without reply_markup the buttons go."""
        new = self._text(p, "text") if call.method == "editMessageText" else {}
        markup = self._markup(p)
        if "keyboard" in markup:
            raise bad("inline keyboard expected")
        if "inline_message_id" in p:
            return True
        chat_id = self._chat(p)
        old = self._stored[chat_id].get(int(p.get("message_id", 0)))
        if not old:
            raise bad("message to edit not found")
        if not old["from"]["is_bot"]:
            raise bad("message can't be edited")
        if new and "text" not in old:
            raise bad("there is no text in the message to edit")
        gone = {"reply_markup", "text", "entities"} if new else {"reply_markup"}
        kept = {k: v for k, v in old.items() if k not in gone}
        if kept | new | markup == old:
            raise bad(SAME)
        date = {"edit_date": int(self.now())} if new else {}
        self._stored[chat_id][old["message_id"]] = kept | new | markup | date
        return kept | new | markup | date

    do_edit_message_reply_markup = do_edit_message_text

    def do_delete_message(self, p: Json, call: Call) -> bool:
        """True; 400 if it is unknown, older than 48 hours, or another's in a group."""
        chat_id = self._chat(p)
        message = self._stored[chat_id].get(int(p.get("message_id", 0)))
        if not message:
            raise bad("message to delete not found")
        foreign = not message["from"]["is_bot"] and message["chat"]["type"] != "private"
        if foreign or self.now() - message["date"] > 48 * 3600:
            raise bad("message can't be deleted")
        return bool(self._stored[chat_id].pop(message["message_id"]))

    def do_answer_callback_query(self, p: Json, call: Call) -> bool:
        """Also answerInlineQuery; a query lives for a while and is answered once."""
        results = p.get("results", [])
        for result in results:
            self._markup(result)
            if content := result.get("input_message_content"):
                self._text({**content, "text": content.get("message_text")}, "text")
        ids = [str(result.get("id", "")) for result in results]
        if len(set(ids)) < len(ids) or any(not 1 <= len(i.encode()) <= 64 for i in ids):
            raise bad("RESULT_ID_DUPLICATE" if len(set(ids)) < len(ids) else "RESULT_ID_INVALID")
        if not re.fullmatch("[A-Za-z0-9_-]{1,64}", (p.get("button") or {}).get("start_parameter", "-")):
            raise bad("START_PARAM_INVALID")
        if len(results) > 50 or utf16(p.get("text", "")) > 200:
            raise bad("RESULTS_TOO_MUCH" if results else "MESSAGE_TOO_LONG")
        if self._queries.pop(str(p.get("callback_query_id", p.get("inline_query_id"))), 0.0) < self.now():
            raise bad(TOO_OLD)
        return True

    do_answer_inline_query = do_answer_callback_query

    def do_send_chat_action(self, p: Json, call: Call) -> bool:
        """True; 400 for an unknown action."""
        self._chat(p, write=True)
        if p.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    def do_get_chat(self, p: Json, call: Call) -> Json:
        """A ChatFullInfo with what it must have."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return {
            **self._chats[self._chat(p)],
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, True),
        }

    def do_set_webhook(self, p: Json, call: Call) -> bool:
        """Also deleteWebhook. Updates are not sent to the webhook, they stay in the queue."""
        url = str(p.get("url", "")) if call.method == "setWebhook" else ""
        if url and not url.startswith("https://"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self._webhook = {"url": url, "has_custom_certificate": "certificate" in call.files}
        self._allowed = frozenset(p.get("allowed_updates", self._allowed)) or DEFAULT_KINDS
        self._queue = [] if p.get("drop_pending_updates") else self._queue
        if url:
            self._end_poll("terminated by setWebhook request")
        return True

    do_delete_webhook = do_set_webhook

    def do_get_webhook_info(self, p: Json, call: Call) -> Json:
        """A WebhookInfo."""
        return {**self._webhook, "pending_update_count": len(self._queue)}

    def do_set_my_commands(self, p: Json, call: Call) -> bool:
        """Also deleteMyCommands."""
        commands, slot = p.get("commands", []), self._slot(p)
        if len(commands) > 100 or any(not re.fullmatch("[a-z0-9_]{1,32}", c["command"]) for c in commands):
            raise bad("BOT_COMMAND_INVALID")
        if any(not 1 <= utf16(c["description"]) <= 256 for c in commands):
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[slot] = commands
        if not commands:
            del self.commands[slot]
        return True

    do_delete_my_commands = do_set_my_commands

    def do_get_my_commands(self, p: Json, call: Call) -> list[Json]:
        """The language's own commands, else those without a language."""
        scope, language = self._slot(p)
        return self.commands.get((scope, language)) or self.commands.get((scope, ""), [])

    def _own_text(self, verb: str, name: str, p: Json) -> Json | bool:
        """set/getMyName, -Description, -ShortDescription; an empty text takes a language's own one away."""
        language = self._slot(p)[1]
        if verb == "get":
            return {name: self.texts.get((name, language)) or self.texts.get((name, ""), "")}
        if utf16(p.get(name, "")) > LIMITS[name]:
            raise bad(f"{name} is too long")
        self.texts[(name, language)] = p.get(name, "")
        return True

    # Rules that several methods share

    def _slot(self, p: Json) -> tuple[str, str]:
        """Scope as JSON and language code, the key of `commands`."""
        language = str(p.get("language_code") or "")
        if not re.fullmatch("([a-z]{2})?", language):
            raise bad("invalid language code specified")
        return json.dumps(p.get("scope") or {"type": "default"}, sort_keys=True), language

    def _chat(self, p: Json, write: bool = False) -> int:
        """The chat id, known and (to write) not blocked; 400 or 403 if not."""
        chat_id = p.get("chat_id", "")
        if chat_id == "":
            raise bad("chat_id is empty")
        if not isinstance(chat_id, int) or chat_id not in self._chats:
            raise bad("chat not found")
        if write and chat_id in self._blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat_id

    def _text(self, p: Json, key: str) -> Json:
        """Text or caption and its entities, parsed, trimmed and measured (td, fix_formatted_text)."""
        source, mode, dropped = p.get(key) or "", str(p.get("parse_mode", "")).lower(), list[str]()
        limit, name = (4096, "entities") if key == "text" else (1024, "caption_entities")
        if not source and key == "text":
            raise bad("message text is empty")
        if mode not in ("", "html"):
            raise bad("unsupported parse_mode")
        try:
            text, entities = parse_html(source, dropped) if mode else (source, copy(p.get(name, [])))
        except ValueError as error:
            raise bad(f"can't parse entities: {error}") from None
        self._faults += [f"{key}: Telegram drops the link {url!r}" for url in dropped]
        text = text.rstrip(" \t\r\n")
        lead = min([len(text) - len(text.lstrip(" \t\r\n")), *(e["offset"] for e in entities)])
        for e in entities:
            e.update(offset=e["offset"] - lead, length=min(e["length"], utf16(text) - e["offset"]))
        text, entities = text[lead:], [e for e in entities if e["length"] > 0]
        if source and not text.strip():
            raise bad("text must be non-empty")
        if utf16(text) > limit:
            raise bad("message is too long" if key == "text" else "message caption is too long")
        return ({key: text} if text else {}) | ({name: entities} if entities else {})

    def _markup(self, p: Json) -> Json:
        """The markup under `reply_markup` if it is inline (then it is echoed), under `keyboard` if not."""
        markup = p.get("reply_markup") or {}
        if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard", []), list):
            raise bad("object expected as reply markup")
        for b in (b for row in markup.get("inline_keyboard", []) for b in row):
            copied = b["copy_text"].get("text", "") if "copy_text" in b else "-"
            if "url" in b:
                try:
                    check_url(b["url"])
                except ValueError as e:
                    raise bad(f"inline keyboard button URL '{b['url']}' is invalid: {e}") from None
            if not b.get("text"):
                raise bad("can't parse inline keyboard button: Can't find field \"text\"")
            if not any(v or k.startswith("switch_inline") for k, v in b.items() if k not in LABEL):
                raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
            if len(b.get("callback_data", "").encode()) > 64:
                raise bad("BUTTON_DATA_INVALID")
            if not 1 <= utf16(copied) <= 256:
                raise bad("BUTTON_COPY_TEXT_INVALID")
        inline = "reply_markup" if "inline_keyboard" in markup else "keyboard"
        return {inline: markup} if markup and markup != {"inline_keyboard": []} else {}

    def _store(self, chat_id: int, sender: Json, body: Json) -> Json:
        """A new message, kept in its chat."""
        self._last_id += 1
        message = {
            "message_id": self._last_id,
            "from": sender,
            "chat": self._chats[chat_id],
            "date": int(self.now()),
            **body,
        }
        self._stored[chat_id][self._last_id] = message
        return message

    def _enqueue(self, update: Json) -> int:
        """Kinds that allowed_updates leaves out are lost, as at Telegram when the update arises."""
        update = copy(update)
        number = update.setdefault("update_id", self._update_id + 1)
        number = number if isinstance(number, int) else self._update_id + 1
        self._update_id = max(self._update_id, number)
        lives = {"callback_query": self.callback_lifetime, "inline_query": self.inline_lifetime}
        for kind in lives.keys() & update.keys():
            if isinstance(update[kind], dict) and "id" in update[kind]:
                self._queries[str(update[kind]["id"])] = self.now() + lives[kind]
        if not KINDS & update.keys() or self._allowed & update.keys():
            self._queue.append((number, update))
            self._cond.notify_all()
        return number

    def _end_poll(self, reason: str) -> int:
        """Ends the poll that waits, if any; returns the number of the next one."""
        self._poll, self._conflict = self._poll + 1, reason
        self._cond.notify_all()
        return self._poll

    # The wire

    def answer(
        self, token: str, method: str, params: Json, files: dict[str, tuple[str, bytes]], gone: Callable[[], bool]
    ) -> tuple[int, bytes] | None:
        """HTTP status and body of a request, None to drop the connection; `gone()`: the client hung up."""
        call = Call(method, params, params.get("chat_id"), time.monotonic(), files)
        with self._cond:
            self._calls.append(call)
            plan: Json = self._planned[method].popleft() if self._planned[method] else {}
            if self.judge:
                self._faults += [f"{method}: {fault}" for fault in self.judge(method, params)]
            status, reply = int(plan.get("status", 0)), dict[str, Any]()
            if plan.get("drop") == "before":
                return None
            if not status:
                status, reply = self._run(token, call, gone)
            elif status == 429:
                reply = {
                    "description": f"Too Many Requests: retry after {plan['retry_after']}",
                    "parameters": {"retry_after": plan["retry_after"]},
                }
            if status != 200:
                reply = {"ok": False, "error_code": status, "description": HTTPStatus(status).phrase, **reply}
            body = b"<html><h1>502 Bad Gateway</h1></html>" if status == 502 else json.dumps(reply).encode()
            call.status = status
            self._cond.notify_all()
        self._closed.wait(plan.get("delay", 0))
        return None if plan.get("drop") else (status, body)

    def _run(self, token: str, call: Call, gone: Callable[[], bool]) -> tuple[int, Json]:
        """Status and reply of one call; refusals and mistakes go to `faults`."""
        name = re.sub("([A-Z])", r"_\1", call.method).lower()
        handler, text = getattr(self, f"do_{name}", None), re.fullmatch("([sg]et)_my_(\\w+)", name)
        try:
            if token != self.token:
                raise ApiError(401, "Unauthorized")
            if handler:
                return 200, {"ok": True, "result": handler(call.params, call)}
            if text and text[2] in LIMITS:
                return 200, {"ok": True, "result": self._own_text(text[1], text[2], call.params)}
            raise ApiError(404, "Not Found: method not found")
        except ApiError as error:
            if not gone():
                self._faults.append(f"{call.method}: {error.status} {error}")
            return error.status, {"description": str(error)}
        except Exception:  # noqa: BLE001 - a parameter of a wrong shape, or a mistake of the fake's own
            self._faults.append(f"{call.method}: could not handle {call.params}: {traceback.format_exc()}")
            return 500, {}


class _Handler(socketserver.StreamRequestHandler):
    """HTTP/1.1 with keep-alive: GET or POST, form, multipart or JSON (Bot API, "Making requests")."""

    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        """Serves one connection until it ends."""
        self.server.connections.add(self.connection)
        try:
            while not self.server.api._closed.is_set() and self._one():
                pass
        except OSError:
            pass  # the client hung up
        finally:
            self.server.connections.discard(self.connection)

    def _one(self) -> bool:
        """Reads and answers one request; False when the connection is to end."""
        line = self.rfile.readline(65537).decode("latin-1").split()
        if len(line) < 2:
            return False
        headers = parse_headers(self.rfile)
        body = self.rfile.read(int(headers.get("Content-Length", 0)))
        if headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size + 2)[:-2]
            self.rfile.readline()
        url, files = urlsplit(line[1]), dict[str, tuple[str, bytes]]()
        params = dict[str, Any](parse_qsl(url.query, keep_blank_values=True))
        if headers.get_content_type() == "application/json":
            params |= json.loads(body or b"{}")
        elif headers.get_content_type() == "multipart/form-data":
            boundary = str(headers.get_param("boundary")).encode()
            for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
                head, _, value = part.partition(b"\r\n\r\n")
                names = dict(re.findall(r'[; ](name|filename)="([^"]*)"', head.decode()))
                if "filename" in names:
                    files[names["name"]] = (names["filename"], value)
                else:
                    params[names["name"]] = value.decode()
        else:
            params |= parse_qsl(body.decode(), keep_blank_values=True)
        for key in params.keys() - STRINGS:
            with contextlib.suppress(ValueError, TypeError):
                params[key] = json.loads(params[key])
        params |= {k: f"attach://{k}" for k in files if f"attach://{k}" not in str(params)}  # for the judge
        path = re.fullmatch(r"/bot([^/]+)/(\w+)", url.path)
        answer = (
            self.server.api.answer(path[1], path[2], params, files, self._gone)
            if path
            else (404, b'{"ok":false,"error_code":404,"description":"Not Found"}')
        )
        if answer:
            kind = "text/html" if answer[1].startswith(b"<") else "application/json"
            date = formatdate(self.server.api.now(), usegmt=True)
            head_lines = (
                f"HTTP/1.1 {answer[0]} {HTTPStatus(answer[0]).phrase}\r\nDate: {date}\r\nContent-Type: {kind}\r\n"
                f"Content-Length: {len(answer[1])}\r\n\r\n"
            )
            self.wfile.write(head_lines.encode() + answer[1])
        return answer is not None

    def _gone(self) -> bool:
        """Whether the client has closed its side."""
        with contextlib.suppress(BlockingIOError):
            try:
                return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            except ConnectionError:
                return True
        return False


class _Server(socketserver.ThreadingTCPServer):
    """One thread for each connection."""

    allow_reuse_address, request_queue_size = True, 128

    def __init__(self, api: FakeBotApi) -> None:
        self.api, self.connections = api, set[socket.socket]()
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A request that is not HTTP is a fault."""
        self.api._faults.append(f"the fake could not read a request: {traceback.format_exc()}")
