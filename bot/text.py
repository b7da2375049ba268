"""Folding and splitting of what people type, alike for messages, lexicons and examples.

Pure functions over strings. Folding loses case, diacritics and punctuation, because people on a phone drop them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose into a base letter and a mark.
_SPECIAL = str.maketrans(
    {"ß": "ss", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ς": "σ", "þ": "th", "ŀ": "l"}
)
_WORD = re.compile(r"[^\W_]+")
_REPEAT = re.compile(r"([^\W\d_])\1{2,}")
_SENTENCE_END = re.compile(r"(?<=[.!?;…\n])\s+")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


def fold(text: str) -> str:
    """`text` in lower case, without diacritics, and with letters repeated three times or more written once."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    text = "".join(c for c in text if not unicodedata.combining(c)).translate(_SPECIAL)
    return _REPEAT.sub(r"\1", text)


def words(text: str) -> list[str]:
    """The words and numbers of `text`, folded, in order; apostrophes and hyphens split words."""
    return _WORD.findall(fold(text))


def raw_words(text: str) -> list[str]:
    """The words of `text` in lower case with their diacritics, in order."""
    return _WORD.findall(unicodedata.normalize("NFC", text.lower()))


def sentences(text: str) -> list[str]:
    """The sentences of `text`, in order, as far as punctuation and line breaks show them."""
    return [s for s in _SENTENCE_END.split(text.strip()) if s.strip()]


def questions(text: str) -> list[str]:
    """The questions of `text`, each with what stands before it, in order; a Greek one ends with a semicolon."""
    ends = r"[^?;\u037e]*[?;\u037e]+" if script(text) == "greek" else r"[^?]*\?+"
    return [found.strip() for found in re.findall(ends, text)]


def script(text: str) -> str:
    """`greek`, `cyrillic` or `latin`: the script of most letters (latin where there is none)."""
    greek, cyrillic = len(_GREEK.findall(text)), len(_CYRILLIC.findall(text))
    letters = sum(c.isalpha() for c in text)
    if greek and greek * 3 >= letters:
        return "greek"
    if cyrillic and cyrillic * 3 >= letters:
        return "cyrillic"
    return "latin"


def utf16_length(text: str) -> int:
    """The length of `text` in UTF-16 code units, as the Bot API counts (Formatting options)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- sound keys: one spelling for what people type in Greek or Bulgarian letters and in Latin ones

_GREEK_DIGRAPHS = [
    ("ου", "u"), ("αι", "e"), ("ει", "i"), ("οι", "i"), ("υι", "i"), ("αυ", "av"), ("ευ", "ev"), ("ηυ", "iv"),
    ("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("γγ", "g"), ("τζ", "tz"),
]  # fmt: skip
_GREEK_SOUNDS = "a v g d e z i th i k l m n ks o p r s t i f h ps o"
_GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_SOUNDS.split(" "), strict=True))

_GREEKLISH = [
    ("8", "th"), ("9", "th"), ("3", "ks"), ("4", "ps"), ("6", "ks"), ("ou", "u"), ("mp", "b"), ("nt", "d"),
    ("gk", "g"), ("gg", "g"), ("ai", "e"), ("ei", "i"), ("oi", "i"), ("au", "av"), ("eu", "ev"), ("af", "av"),
    ("ef", "ev"), ("ph", "f"), ("ch", "h"), ("kh", "h"), ("x", "h"), ("w", "o"), ("y", "i"), ("q", "k"), ("c", "k"),
    ("dh", "d"), ("j", "ks"),
]  # fmt: skip
_BULGARIAN_SOUNDS = "a b v g d e z z i i k l m n o p r s t u f h c c s st a i iu ia e"
_BULGARIAN_LETTERS = dict(zip("абвгдежзийклмнопрстуфхцчшщъьюяё", _BULGARIAN_SOUNDS.split(" "), strict=True))
_SHLYOKAVITSA = [
    ("sht", "st"), ("6t", "st"), ("sh", "s"), ("ch", "c"), ("zh", "z"), ("ts", "c"), ("tz", "c"), ("yu", "iu"),
    ("ya", "ia"), ("4", "c"), ("6", "s"), ("q", "ia"), ("j", "i"), ("y", "a"), ("w", "v"), ("x", "h"), ("kh", "h"),
]  # fmt: skip


def _apply(text: str, pairs: list[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


SOUNDED = ("bg", "de", "el")  # languages whose words sound_key changes


@lru_cache(maxsize=8192)
def sound_key(word: str, language: str) -> str:
    """A folded `word` as it sounds in `language`, in Latin letters, or the word itself where there is no need.

    Greek and Bulgarian are typed in Latin letters too; German umlauts also as ae, oe, ue. Message and lexicon go
    through the same function, so that what counts is that both come out alike, not that the spelling is right.
    """
    if word.isdigit():
        return word
    if language == "el":
        if _GREEK.search(word):
            word = _apply(word, _GREEK_DIGRAPHS)
            word = "".join(_GREEK_LETTERS.get(c, c) for c in word).replace("af", "av").replace("ef", "ev")
        else:
            # A typed h is an eta before a consonant or at the end ("thn", "xrhsh"), else part of theta or a chi.
            word = re.sub(r"th(?!(?:n|s)?$)", "θ", word)
            word = re.sub(r"(?<![pck])h(?![aeiouwy])", "i", word)
            word = _apply(word, _GREEKLISH).replace("θ", "th")
        return re.sub(r"(.)\1", r"\1", word)
    if language == "bg":
        if _CYRILLIC.search(word):
            return "".join(_BULGARIAN_LETTERS.get(c, c) for c in word)
        return _apply(word, _SHLYOKAVITSA)
    if language == "de":
        return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return word
