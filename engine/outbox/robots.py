"""Posts of group robots: DingTalk (钉钉) and WeCom (企业微信)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from typing import Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus, urlsplit

from engine import clock
from engine.outbox.parcels import Post
from engine.outbox.settings import HOSTS, Settings

ROBOTS = {"dingtalk": "钉钉", "wecom": "企业微信"}
#: Seconds for an answer, and how much of it is read.
TIMEOUT, LONGEST = 10, 64 * 1024
#: What the commonest refusals mean to whoever set the robot up.
_MEANS = {
    310000: "关键词、加签密钥或 IP 白名单与机器人的安全设置不符",
    300001: "地址里的 access_token 不对",
    130101: "发送太频繁",
    45009: "发送太频繁",
    93000: "地址里的 key 不对，或机器人已被移除",
}


class _Stays(request.HTTPRedirectHandler):
    """A robot's address that sends elsewhere is not the robot's."""

    def redirect_request(self, *_given: Any, **_named: Any) -> None:
        return None


#: No proxy of the environment and no redirect: the post goes to the address that was checked or nowhere.
_opener = request.build_opener(request.ProxyHandler({}), _Stays())


def refusal(url: str, kind: str, settings: Settings) -> str | None:
    """Why an address cannot be a robot's, in words; None when it can."""
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "机器人地址写法不对，请从群机器人的设置页完整复制。"
    if not url.isascii() or not url.isprintable() or " " in url or parts.username is not None or parts.fragment:
        return "机器人地址写法不对，请从群机器人的设置页完整复制。"
    own = settings.hosts if settings.hosts != HOSTS else {"dingtalk": HOSTS[:1], "wecom": HOSTS[1:]}.get(kind, ())
    if origin not in own:
        return f"{ROBOTS.get(kind, '')}机器人的地址应以 {own[0] if own else '—'}/ 开头。"
    if not parts.query:
        return "机器人地址不完整，缺少问号后面的部分，请从群机器人的设置页完整复制。"
    return None


def send(post: Post, settings: Settings) -> str | None:
    """Posts, and says what went wrong; None when the robot said that it spoke. Errors never show the address: it holds
    the token."""
    wrong = refusal(post.url, post.kind, settings)
    if wrong:
        return wrong
    data = json.dumps(_body(post), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "doudi"}
    asked = request.Request(signed(post), data=data, headers=headers, method="POST")  # noqa: S310 -- refusal() looked
    try:
        with _opener.open(asked, timeout=TIMEOUT) as answer:
            said = answer.read(LONGEST + 1)
    except HTTPError as error:
        error.close()
        return f"机器人地址回答了 HTTP {error.code}，没有收下。"
    except TimeoutError:
        return f"机器人地址 {TIMEOUT} 秒没有回答。"
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            return f"机器人地址 {TIMEOUT} 秒没有回答。"
        return f"连不上机器人地址：{str(error.reason)[:150]}。"
    except (OSError, http.client.HTTPException) as error:
        return f"与机器人地址的连接中断：{type(error).__name__}。"
    return _refused(said)


def signed(post: Post) -> str:
    """The address; for DingTalk with a secret its timestamp (milliseconds of the wall clock) and signature."""
    if post.kind != "dingtalk" or not post.secret:
        return post.url
    timestamp = str(int(clock.wall().timestamp() * 1000))
    code = hmac.new(post.secret.encode(), f"{timestamp}\n{post.secret}".encode(), hashlib.sha256).digest()
    return f"{post.url}&timestamp={timestamp}&sign={quote_plus(base64.b64encode(code))}"


def _body(post: Post) -> dict[str, Any]:
    if post.kind == "dingtalk":
        return {"msgtype": "markdown", "markdown": {"title": post.title, "text": post.text}}
    return {"msgtype": "markdown", "markdown": {"content": post.text}}


def _refused(said: bytes) -> str | None:
    if len(said) > LONGEST:
        return "机器人地址的回答太长，不像是机器人。"
    try:
        answer = json.loads(said)
        code = answer["errcode"]
    except (ValueError, KeyError, TypeError):
        return "机器人地址的回答读不懂，不像是机器人。"
    if code == 0:
        return None
    means = _MEANS.get(code) if isinstance(code, int) else None
    text = means or " ".join(str(answer.get("errmsg", "")).split())[:150] or "没有说明"
    return f"机器人没有发出（错误 {str(code)[:20]}）：{text}。"
