"""Files at a browser: uploaded in a form with and without a script, shown safely, taken back; the tabs; the dossier."""

from __future__ import annotations

import contextvars
import io
import re
import socket
from urllib.parse import unquote

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from registers.files import limits
from registers.files.models import Attachment
from tests.support import scans
from tests.support.serving import serving
from web.desk import dossiers
from web.security import uploads

pytestmark = pytest.mark.sqlite
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
def case(township, plan):
    return township.apply(plan)


@pytest.fixture
def visiting(case, township, plan):
    """The survey's item, whose form has a field for photos."""
    township.sign(case, "check_completeness", "clerk", plan=plan)
    township.sign(case, "declare_relatives", "clerk", plan=plan)
    township.sign(case, "arrange_survey", "director", plan=plan)
    return township.items(case)["home_visit"]


def text(answer) -> str:
    return answer.get_data(as_text=True)


def sent(data: bytes, name: str = "屋里.jpg"):
    return (io.BytesIO(data), name)


def add(visitor, case, data: bytes, name: str = "屋里.jpg", kind: str = "photo"):
    return visitor.post(f"/cases/{case.id}/files", {"kind": kind, "file": sent(data, name)})


def only(session) -> Attachment:
    """The one file there is, as the database has it now."""
    session.rollback()
    (row,) = session.scalars(select(Attachment))
    return row


def count(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Attachment))


def test_without_a_script_the_form_comes_back_with_the_file_and_all_that_was_typed(visit, visiting, session):
    someone = visit("investigator")
    someone.post(f"/desk/items/{visiting.id}/claim")
    typed = {"visited_on": "2026-03-02", "visited_at": "10:00", "_upload": "photos"}
    answer = someone.post(f"/desk/items/{visiting.id}/files", {**typed, "_file.photos": sent(scans.photo())})
    assert answer.status_code == 200
    row = only(session)
    assert f'name="photos" value="{row.id}"' in text(answer)
    assert 'value="10:00"' in text(answer)
    bad = someone.post(
        f"/desk/items/{visiting.id}/files",
        {**typed, "photos": str(row.id), "_file.photos": sent(b"MZ" + bytes(300), "照片.jpg")},
    )
    assert bad.status_code == 422
    assert "这是程序" in text(bad)
    assert f'name="photos" value="{row.id}"' in text(bad)
    assert 'value="10:00"' in text(bad)
    nothing = someone.post(f"/desk/items/{visiting.id}/files", typed)
    assert "请先选择文件" in text(nothing)
    gone = someone.post(f"/desk/items/{visiting.id}", {**typed, "photos": str(row.id), "_detach": f"photos:{row.id}"})
    assert f'name="photos" value="{row.id}"' not in text(gone)
    assert 'value="10:00"' in text(gone)


def test_a_script_gets_a_row_or_one_line_of_what_is_wrong(visit, visiting):
    someone, address = visit("investigator"), f"/desk/items/{visiting.id}/files"
    good = someone.post(address, {"_upload": "photos", "_file.photos": sent(scans.photo())}, headers=SCRIPT)
    assert good.status_code == 200
    assert text(good).strip().startswith("<li")
    bad = someone.post(address, {"_upload": "photos", "_file.photos": sent(scans.zipped(), "a.jpg")}, headers=SCRIPT)
    assert (bad.status_code, bad.mimetype) == (422, "text/plain")
    assert "压缩包" in text(bad)
    other = someone.post(address, {"_upload": "nothing", "_file.nothing": sent(scans.photo())}, headers=SCRIPT)
    assert other.status_code == 422


def test_a_draft_keeps_the_files_of_an_application(visit, township, session):
    clerk = visit("clerk")
    clerk.get("/desk/apply/temporary_relief")
    answer = clerk.post(
        "/desk/apply/temporary_relief/files",
        {"_upload": "photos", "phone": "13000000001", "_file.photos": sent(scans.photo())},
    )
    row = only(session)
    assert row.instance_id is None
    assert f'name="photos" value="{row.id}"' in text(answer)
    clerk.post("/desk/apply/temporary_relief/draft", {"photos": str(row.id)})
    assert f'name="photos" value="{row.id}"' in text(clerk.get("/desk/apply/temporary_relief"))
    assert clerk.get(f"/files/{row.id}").status_code == 200
    assert visit("director").get(f"/files/{row.id}").status_code == 404
    stolen = visit("director").post("/desk/apply/temporary_relief/preview", {"photos": str(row.id)})
    assert f'name="photos" value="{row.id}"' not in text(stolen)


def test_a_picture_leaves_clean_and_runs_nothing(visit, case, session):
    clerk = visit("clerk")
    add(clerk, case, scans.photo(taken="2026:01:05 10:00:00", place=True, orientation=6) + scans.zipped(), "马某家.jpg")
    row = only(session)
    page = text(clerk.get(f"/cases/{case.id}?tab=papers"))
    assert "拍摄于 2026-01-05 10:00" in page
    assert "北纬 38.90600°，东经 106.54500°" in page
    assert "拍摄日期比上传早 56 天" in page
    for path, how in (("", "inline"), ("?small=1", "inline"), ("/download", "attachment")):
        answer = clerk.get(f"/files/{row.id}{path}")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith(how)
        assert "马某家.jpg" in unquote(answer.headers["Content-Disposition"])
        assert b"PK\x03\x04" not in answer.data
        with Image.open(io.BytesIO(answer.data)) as image:
            assert not image.getexif()
            assert image.width < image.height


def test_each_file_is_judged_by_itself_and_told_at_the_field(visit, case, session):
    clerk = visit("clerk")
    given = {
        "kind": "proof",
        "file": [sent(scans.pdf(2), "证明.pdf"), sent(b"MZ" + bytes(90), "照片.jpg"), sent(b"", "空.jpg")],
    }
    answer = clerk.post(f"/cases/{case.id}/files", given)
    assert answer.status_code == 422
    assert "照片.jpg：这是程序" in text(answer)
    assert "空.jpg：文件是空的" in text(answer)
    assert '<option value="proof" selected>' in text(answer)
    assert count(session) == 1
    assert clerk.post(f"/cases/{case.id}/files", {"kind": "proof"}).status_code == 422


def test_more_than_a_file_may_have_is_let_go_and_told(visit, case, session, monkeypatch):
    monkeypatch.setattr(limits, "_current", limits.Limits(size=1024 * 1024))
    clerk = visit("clerk")
    given = {"csrf_token": clerk.token, "kind": "photo", "file": sent(scans.photo() + bytes(3 * 1024 * 1024))}
    border, body = encode_multipart({**given, "file": FileStorage(given["file"][0], "屋里.jpg")})
    kind = f"multipart/form-data; boundary={border}"
    answer = contextvars.Context().run(
        lambda: clerk.client.post(f"/cases/{case.id}/files", data=body, content_type=kind)
    )
    assert answer.status_code == 422
    assert "文件超过 1 MB" in text(answer)
    assert count(session) == 0
    held = uploads.Held()
    for _ in range(100):
        held.write(bytes(1024 * 1024))
    assert len(held.getvalue()) == 1024 * 1024 + 1
    assert clerk.post("/desk/apply/dibao", {"address": "长" * 3_000_000}).status_code == 413


def test_a_video_is_refused_by_its_head(app, township):
    """The server says no before the body comes: nothing of 200 MB is read or kept."""
    with serving(app, max_request_body_size=uploads.ceiling()) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            head = f"POST /cases/1/files HTTP/1.1\r\nHost: {host}\r\nContent-Length: {200 * 1024 * 1024}\r\n\r\n"
            line.sendall(head.encode())
            assert b"413" in line.recv(200)


def test_an_identity_card_shows_itself_only_by_name(visit, case, session):
    clerk = visit("clerk")
    add(clerk, case, scans.photo(), "身份证.jpg", kind="id_card")
    row = only(session)
    page = text(clerk.get(f"/cases/{case.id}?tab=papers"))
    assert f"/files/{row.id}?small" not in page
    assert clerk.get(f"/files/{row.id}").status_code == 403
    assert clerk.get(f"/files/{row.id}/download").status_code == 403
    assert clerk.post(f"/cases/{case.id}/files/{row.id}/open").mimetype == "image/jpeg"
    assert "完整号码" in text(clerk.get(f"/cases/{case.id}?tab=history"))
    assert visit("head").post(f"/cases/{case.id}/files/{row.id}/open").status_code == 403


def test_taking_back_asks_why(visit, case, session):
    clerk = visit("clerk")
    add(clerk, case, scans.photo())
    row = only(session)
    address = f"/cases/{case.id}/files/{row.id}/withdraw"
    assert "请写明为什么撤回" in text(clerk.post(address, {"reason": ""}))
    assert clerk.post(address, {"reason": "传错了户"}).status_code == 303
    page = text(clerk.get(f"/cases/{case.id}?tab=papers"))
    assert "传错了户" in page
    assert clerk.get(f"/files/{row.id}").status_code == 404
    assert "传错了户" in text(clerk.get(f"/cases/{case.id}?tab=history"))


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("", "最近的经过"),
        ("forms", "各环节提交的表单"),
        ("papers", "制作案卷 PDF"),
        ("history", "办理经过"),
        ("diagram", "data-bpmn-url"),
        ("clocks", "环节和定时"),
        ("related", "没有您能看到的其他办件"),
        ("nonsense", "最近的经过"),
    ],
)
def test_every_tab_has_the_household_on_top_and_is_light(visit, case, plan, statements, tab, words):
    clerk = visit("clerk")
    with statements.counted() as counted:
        page = text(clerk.get(f"/cases/{case.id}?tab={tab}"))
    assert words in page
    assert plan.family.head.name in page
    assert plan.family.head.id_number not in page
    assert "下一个期限" in page
    assert len(page.encode()) < 250_000
    assert len(counted.sql) < 70, len(counted.sql)


def test_the_dossier_has_everything_with_an_index(visit, case, township, plan, session):
    plan.complete = False
    township.sign(case, "check_completeness", "clerk", plan=plan, given={})
    clerk = visit("clerk")
    add(clerk, case, scans.photo(900, 600, taken="2026:03:02 08:00:00"), "大门.jpg")
    add(clerk, case, scans.pdf(3), "证明.pdf", kind="proof")
    add(clerk, case, scans.photo(50, 50), "错.jpg")
    session.rollback()
    wrong = session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
    clerk.post(f"/cases/{case.id}/files/{wrong.id}/withdraw", {"reason": "传错"})
    asked = clerk.post(f"/cases/{case.id}/dossier")
    assert asked.status_code == 303
    dossiers.wait(120)
    page = text(clerk.get(asked.location))
    assert "案卷做好了" in page, page
    file = clerk.get(f"{asked.location}.pdf")
    assert file.headers["Content-Disposition"].startswith("attachment")
    reader = PdfReader(io.BytesIO(file.data))
    texts = ["".join(each.extract_text().split()) for each in reader.pages]
    whole = "".join(texts)
    for words in ("档案目录", "题名", "页次", "表单和记录", "文书", "附件材料", "办理经过", "一次性补正告知书"):
        assert words in texts[0] + texts[1], words
    assert "上传了附件" in whole
    assert "拍摄于2026-03-0208:00" in whole
    assert "错.jpg" not in whole
    body = [each for each in texts if re.search(r"第\d+页共\d+页", each)]
    assert f"第1页共{len(body)}页" in whole
    assert f"第{len(body)}页共{len(body)}页" in whole
    assert all("王晓芳2026-03-02" in each for each in texts)
    history = text(clerk.get(f"/cases/{case.id}?tab=history"))
    assert "制作了案卷 PDF" in history
    assert visit("director").get(asked.location).status_code == 404
    assert visit("hongliu").post(f"/cases/{case.id}/dossier").status_code == 403
