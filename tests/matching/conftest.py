"""A small knowledge of the tests' own: a few neighbouring questions, one without entry, two documents, some danger."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import Any

import pytest

from bot.faq.schema import Document, Emergency, Entry, Glossary, Organization, Topic
from bot.faq.snapshot import Snapshot
from bot.matching import Matcher

DAY = "2026-11-22"

QUESTIONS: dict[str, dict[str, list[str]]] = {
    "tracker-which-boats": {
        "vi": [
            "Tàu cá nào phải lắp thiết bị giám sát hành trình?",
            "tàu cá từ mấy mét phải gắn máy giám sát hành trình",
            "ghe nhỏ có cần gắn định vị không",
            "quy định gắn VMS cho tàu cá",
            "Ghe 14 mét có bắt buộc mua máy định vị không",
        ],
        "en": ["Which fishing boats need a VMS?", "vessel length for a tracking device", "is a tracker required"],
    },
    "tracker-fine": {
        "vi": [
            "Không lắp giám sát hành trình bị phạt bao nhiêu?",
            "mức phạt tàu cá không có VMS",
            "tắt máy định vị thì bị phạt sao",
            "rút dây máy giám sát bị xử lý thế nào",
            "tiền phạt khi thiếu thiết bị giám sát hành trình",
        ],
        "en": [
            "What is the fine for having no VMS?",
            "penalty for switching the tracker off",
            "fined without tracking device",
        ],
    },
    "weather-bulletin": {
        "vi": [
            "Xem bản tin thời tiết biển ở đâu?",
            "coi gió mùa hôm nay trang nào",
            "nghe dự báo bão trên đài nào",
            "tin thời tiết cho ngư dân",
            "số điện thoại hỏi thời tiết biển",
        ],
        "en": ["Where do I find the marine weather bulletin?", "storm forecast radio", "weather website for fishermen"],
    },
    "crew-rest": {
        "vi": [
            "Thuyền viên được nghỉ ít nhất mấy giờ một ngày?",
            "giờ nghỉ tối thiểu của thủy thủ",
            "thuyền trưởng bắt trực liên tục có đúng luật không",
            "làm việc trên tàu hàng bao nhiêu tiếng một ngày",
            "một tuần được nghỉ mấy tiếng",
        ],
        "en": [
            "How many hours of rest does a seafarer get?",
            "minimum rest hours",
            "working hours aboard a cargo ship",
        ],
    },
    "pilot": {
        "vi": [
            "Tàu nào bắt buộc dùng hoa tiêu?",
            "vào cảng có phải thuê hoa tiêu không",
            "tàu dưới bao nhiêu GT được miễn hoa tiêu",
            "thuyền trưởng tự dẫn tàu vào luồng được không",
            "xin miễn hoa tiêu cần gì",
        ],
        "en": ["Is pilotage compulsory?", "pilot exemption by gross tonnage", "do I need a pilot to enter the port"],
    },
}

EMERGENCY: dict[str, Any] = {
    "lists": {"vessel": ["tàu", "ghe", "boat"]},
    "help": ["cứu (với|tôi|tui)", "help us"],
    "now": ["(đang|sắp|now)"],
    "still": ["(tới|đến) giờ"],
    "not_now": ["(hôm qua|năm ngoái|last year)", "(bao nhiêu|phạt)"],
    "asks": ["thì (làm gì|gọi ai)"],
    "never": ["(diễn tập|quy định|bảo hiểm|phim)"],
    "lookalikes": ["chạy"],
    "kinds": [
        {
            "id": "sinking",
            "title": {"vi": "Chìm", "en": "Sinking"},
            "certain": ["<vessel> .. chìm", "boat .. sinking"],
            "possible": ["nước vô", "taking water"],
            "advice": {"vi": "Mặc áo phao.", "en": "Life jackets on."},
        },
        {
            "id": "fire",
            "title": {"vi": "Cháy", "en": "Fire"},
            "certain": ["<vessel> .. cháy!", "đang cháy! lớn"],
            "advice": {"vi": "Gọi 7903.", "en": "Call 7903."},
        },
    ],
}

GLOSSARY: dict[str, Any] = {
    "synonyms": [["tàu cá", "ghe", "tàu"], ["phạt", "xử phạt"], ["vms", "tracker", "tracking device"]],
    "abbreviations": {"gsht": ["giám sát hành trình"]},
    "chat": {"ko": ["không"], "dc": ["được"], "bn": ["bao nhiêu"]},
    "fillers": ["cho em hỏi", "ạ", "ad ơi", "please"],
    "smalltalk": {
        "greeting": ["^ [dạ] (chào|xin chào|hello)"],
        "thanks": ["(cảm ơn|thank you)"],
        "abuse": ["đồ ngu"],
        "human": ["(gặp|nói chuyện với) (cán bộ|người thật)", "talk to .. (human|officer)"],
    },
    "beyond": {
        "boat-painting": {
            "vi": ["Tàu cá phải sơn màu gì?", "màu sơn cabin"],
            "en": ["Which colour must a boat be painted?"],
        }
    },
}


def entry(name: str, questions: dict[str, list[str]]) -> Entry:
    """An entry with these questions; its answer says what the question asks."""
    vi, en = questions["vi"], questions["en"]
    return Entry.model_validate(
        {
            "id": name,
            "topic": "fishing",
            "audience": ["fisherman"],
            "question": {"vi": vi[0], "en": en[0]},
            "phrasings": {"vi": vi[1:], "en": en[1:]},
            "answer": {"vi": vi[1], "en": en[1]},
            "advice": True,
            "verification": {"status": "verified", "checked": DAY},
            "review_by": DAY,
        }
    )


def document(number: str, **values: Any) -> Document:
    """A document of the registry."""
    return Document.model_validate(
        {
            "number": number,
            "title": {"vi": number, "en": number},
            "issuer": "Chính phủ",
            "checked": DAY,
            "status": "in_force",
            **values,
        }
    )


def organization() -> Organization:
    """An operator as small as the schema allows."""
    name = {"vi": "Cảng vụ", "en": "Port authority"}
    contact = {"kind": "phone", "value": "112", "label": name, "source": "https://example.org", "read": DAY}
    return Organization.model_validate(
        {
            "id": "port",
            "name": name,
            "short_name": name,
            "place": name,
            "timezone": "Asia/Ho_Chi_Minh",
            "departments": [{"id": "desk", "name": name}],
            "default_department": "desk",
            "working_hours": {"days": [1], "spans": [["08:00", "17:00"]]},
            "service_levels": {"answer_hours": 8, "urgent_minutes": 15},
            "rescue": [contact],
        }
    )


@pytest.fixture(scope="session")
def small() -> Snapshot:
    """The small knowledge."""
    documents = (
        document("142/2017/NĐ-CP", issued=dt.date(2017, 12, 11)),
        document("38/2024/NĐ-CP", aliases=("Nghị định 38",)),
        document("38/2024/TT-BGTVT", status="replaced"),
    )
    topic = Topic.model_validate({"id": "fishing", "title": {"vi": "Tàu cá", "en": "Boats"}, "department": "desk"})
    return Snapshot(
        entries=MappingProxyType({name: entry(name, q) for name, q in QUESTIONS.items()}),
        documents=MappingProxyType({d.number: d for d in documents}),
        topics=MappingProxyType({topic.id: topic}),
        organization=organization(),
        emergency=Emergency.model_validate(EMERGENCY),
        glossary=Glossary.model_validate(GLOSSARY),
    )


@pytest.fixture(scope="session")
def matcher(small: Snapshot) -> Matcher:
    """A matcher on the small knowledge, with the calibration that ships."""
    return Matcher(small)


@pytest.fixture(scope="session")
def shipped_matcher(shipped: Snapshot) -> Matcher:
    """A matcher on the knowledge that ships."""
    return Matcher(shipped)
