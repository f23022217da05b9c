"""Identity numbers, telephones, bank accounts and names: normal form, checks, what they tell."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from engine import clock
from engine.forms.places import unknown_province

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SPACES = re.compile(r"[\s\u3000]+")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(0\d{2,3})-?([2-9]\d{6,7})(?:-(\d{1,6}))?", re.ASCII)
_NAME = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U000323afA-Za-z]"
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U000323afA-Za-z·.' -]{1,29}"
)


@dataclass(frozen=True)
class Identity:
    """What a valid identity number says of its holder."""

    number: str
    area: str
    birth: date
    sex: str

    def age(self, on: date) -> int:
        """Full years on a day."""
        return on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))


def narrow(text: str) -> str:
    """Full-width letters and digits made half-width."""
    return unicodedata.normalize("NFKC", text)


def check_digit(seventeen: str) -> str:
    """The eighteenth character of GB 11643."""
    return _CHECKS[sum(w * int(c) for w, c in zip(_WEIGHTS, seventeen, strict=True)) % 11]


def identity(number: str) -> Identity | None:
    """Reads a normal identity number; None when it is not valid."""
    return _identity(number) if not id_number(number)[1] else None


def _identity(number: str) -> Identity:
    birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return Identity(number, number[:6], birth, "男" if int(number[16]) % 2 else "女")


def id_number(text: str) -> tuple[str, str, str]:
    """Normal form, fault, warning. What a fault says is what can be known: a wrong check digit does not tell which of
    the eighteen was mistyped (nearly every place has one digit that would make it right), so no place is named, and the
    digit that would fit is never shown. A letter, a missing digit or an impossible day do name their place."""
    number = _SPACES.sub("", narrow(text)).upper()
    if re.fullmatch(r"\d{15}", number, re.ASCII):
        return number, "应为 18 位，15 位旧号码请换成现在的身份证号码", ""
    if not re.fullmatch(r"[1-9]\d{16}[0-9X]", number, re.ASCII):
        return number, f"应为 18 位：前 17 位是数字，最后一位是数字或 X{_shape(number)}", ""
    try:
        born = _identity(number).birth
    except ValueError:
        return number, f"里的出生日期 {number[6:14]} 不存在，请对照身份证核对第 7 至 14 位", ""
    if born.year < 1900 or born > clock.today():
        return number, f"里的出生日期 {number[6:14]} 不合理，请对照身份证核对第 7 至 14 位", ""
    if check_digit(number[:17]) != number[17]:
        place = f"；前两位 {number[:2]} 不是任何省级代码，请先核对这两位" if unknown_province(number) else ""
        return number, f"校验不通过，有一位或几位输错了，请对照身份证逐位核对{place}", ""
    return number, "", ""


def _shape(number: str) -> str:
    """What is plainly wrong with the shape of a number, with its place."""
    alike = {"O": "数字 0", "I": "数字 1", "L": "数字 1", "Z": "数字 2", "S": "数字 5", "B": "数字 8"}
    for place, character in enumerate(number[:17], 1):
        if character in alike:
            return f"；第 {place} 位是字母 {character}，可能应为{alike[character]}"
        if not ("0" <= character <= "9"):
            return f"；第 {place} 位“{character}”不是数字"
    if len(number) != 18:
        return f"；现在是 {len(number)} 位"
    return ""


def phone(text: str) -> tuple[str, str, str]:
    """Normal form, fault, warning."""
    number = re.sub(r"[—–－‐‑()（）]", "-", _SPACES.sub("", narrow(text)))
    number = re.sub(r"^(\+|00)86-?", "", number).strip("-").replace("--", "-")
    plain = number.replace("-", "")
    if _MOBILE.fullmatch(plain):
        return plain, "", ""
    found = _LANDLINE.fullmatch(number)
    if found:
        return "-".join(x for x in found.groups() if x), "", ""
    return number, "应为 11 位手机号，或带区号的固定电话，例如 0952-6012345", ""


def bank_account(text: str) -> tuple[str, str, str]:
    """Normal form, fault, warning: a wrong check digit only warns, since not every account has one."""
    number = re.sub(r"[\s\u3000-]+", "", narrow(text))
    if not re.fullmatch(r"\d{16,19}", number, re.ASCII):
        return number, "应为 16 至 19 位数字，请对照银行卡核对", ""
    return number, "", "" if luhn(number) else "未通过常用的卡号校验，请对照银行卡再核对一遍"


def luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812."""
    digits = [int(c) for c in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0


def person_name(text: str) -> tuple[str, str, str]:
    """Normal form, fault, warning: minority names carry a middle dot, in one spelling."""
    name = re.sub(r"\s*[•・‧⋅∙●．]\s*", "·", text.strip())
    name = _SPACES.sub(" ", name)
    if re.search(r"[\u3400-\u9fff]", name):
        name = name.replace(" ", "")
    if not 2 <= len(name) <= 30 or not _NAME.fullmatch(name) or name.endswith("·"):
        return name, "应为 2 至 30 个字，只用汉字、字母和间隔号“·”", ""
    return name, "", ""


READERS = {"id_number": id_number, "phone": phone, "bank_account": bank_account, "person_name": person_name}
