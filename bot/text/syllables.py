"""Which folded strings can be a Vietnamese syllable: a closed list of onsets and rimes."""

from __future__ import annotations

_FRONT = "eiy"
_ONSETS = ("", "b", "c", "ch", "d", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
           "r", "s", "t", "th", "tr", "v", "x")  # fmt: skip
_RIMES_TEXT = """
a ac ach ai am an ang anh ao ap at au ay
e ec ech em en eng enh eo ep et eu
i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oem oen oeo oet oi om on ong oong ooc op ot
u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu
uy uya uych uyen uyet uyn uynh uyp uyt uyu
y yem yen yet yeu ych ynh
"""
_RIMES = tuple(_RIMES_TEXT.split())
#: After `qu` the u belongs to the onset: `quanh`, `quyen`, `quoc`.
_AFTER_QU_TEXT = """
a ac ach ai am an ang anh ao ap at au ay e ec en eng eo et eu i ich in inh it oc o oi on y ych yen yet yn ynh yt yu
"""
_AFTER_QU = tuple(_AFTER_QU_TEXT.split())


def _build() -> frozenset[str]:
    legal: set[str] = set()
    for onset in _ONSETS:
        for rime in _AFTER_QU if onset == "qu" else _RIMES:
            front = rime[0] in _FRONT
            if onset in ("c", "ng") and front:
                continue
            if onset == "g" and front and rime[0] != "i":
                continue
            if onset in ("k", "gh", "ngh") and not front:
                continue
            if onset and rime[0] == "y" and len(rime) > 1 and onset != "qu":
                continue
            legal.add(onset + rime)
    return frozenset(legal)


SYLLABLES = _build()


def is_syllable(folded: str) -> bool:
    """Whether a folded word is spelt like a Vietnamese syllable."""
    return folded in SYLLABLES
