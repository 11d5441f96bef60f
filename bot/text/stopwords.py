"""Words that hold a sentence together and say nothing of its subject."""

from __future__ import annotations

#: Folded. Vietnamese words that fold to the same shape as a word with meaning (`ma` of `mã`) are left out.
_STOPWORDS_TEXT = """
a anh ai ay ban bac bay bi biet cac cai cam can chang chi chu co con cua cung da dang dau day de den di do duoc gi
gio giup ha hay het hoi hon hong hoac khi khong ko la lai lam len luon ma may minh moi mot muon nao nay nen neu
nguoi nha nhe nhi nhieu nhu nhung no noi o oi phai qua ra rang roi sao sau se ta tai the thi thoi toi trong tren tu
tui va van vao vay ve vi viec voi vo xin y am an and are as at be been but by could did does for from get had has
have he her him his how i if in into is it its just me my not of off on or our out over please she should so some
than that their them then there these they this those to too up us was we were what when where which while who whom
why will with would you your
"""
STOPWORDS = frozenset(_STOPWORDS_TEXT.split())
