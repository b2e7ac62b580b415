"""Wrong answers that learners give to exercise 1.3, and other right ones."""

import hashlib
import hmac

from stcourse.engine.exercise import Mistake

# 1.3


def _with_codes(trips, codes, columns=("entry", "hour")):
    return trips[list(columns)].assign(person=list(codes))


def _code(key, plate):
    return hmac.new(key, plate.encode(), hashlib.sha256).hexdigest()[:16]


def _persons(table, by=("entry", "hour")):
    return table.groupby(list(by))["person"].nunique()


def _no_key(trips, key):
    table = _with_codes(
        trips, (hashlib.sha256(plate.encode()).hexdigest()[:16] for plate in trips["plate"])
    )
    return table, int(_persons(table).min())


def _key_in_front(trips, key):
    table = _with_codes(
        trips, (hashlib.sha256(key + plate.encode()).hexdigest()[:16] for plate in trips["plate"])
    )
    return table, int(_persons(table).min())


def _keyed(trips, key):
    return _with_codes(trips, (_code(key, plate) for plate in trips["plate"]))


def _rows_counted(trips, key):
    table = _keyed(trips, key)
    return table, int(table.groupby(["entry", "hour"]).size().min())


def _mean_group(trips, key):
    table = _keyed(trips, key)
    return table, float(_persons(table).mean())


def _largest_group(trips, key):
    table = _keyed(trips, key)
    return table, int(_persons(table).max())


def _number_of_groups(trips, key):
    table = _keyed(trips, key)
    return table, len(_persons(table))


def _entry_alone(trips, key):
    table = _keyed(trips, key)
    return table, int(_persons(table, ["entry"]).min())


def _plate_kept(trips, key):
    table = trips.assign(person=[_code(key, plate) for plate in trips["plate"]])
    return table, int(_persons(table).min())


def _a_number_a_row(trips, key):
    table = _with_codes(
        trips, (_code(key, f"{row}{plate}") for row, plate in enumerate(trips["plate"]))
    )
    return table, int(_persons(table).min())


def _with_k(table):
    return table, int(_persons(table).min())


def _coded(cut):
    def wrong(trips, key):
        codes = [hmac.new(key, plate.encode(), hashlib.sha256) for plate in trips["plate"]]
        return _with_k(_with_codes(trips, map(cut, codes)))

    return wrong


PROTECT = (
    Mistake(
        "hash without the key",
        _no_key,
        "The plates are hashed without the key. Anyone can hash all plates there are and look "
        "yours up; it takes minutes.",
    ),
    Mistake(
        "key put in front",
        _key_in_front,
        "The key is put in front of the plate and the two are hashed together. That is not HMAC, "
        "which mixes the key in twice and has no known weakness.",
    ),
    Mistake(
        "trips counted",
        _rows_counted,
        "Trips are counted, not persons. One commuter who passes ten times is still alone.",
    ),
    Mistake(
        "mean group",
        _mean_group,
        "This is the mean size of a group. The promise has to hold for everybody, so k is the "
        "smallest group.",
    ),
    Mistake(
        "largest group",
        _largest_group,
        "This is the largest group. Its members are hidden best; k is about those who are hidden "
        "worst.",
    ),
    Mistake(
        "number of groups",
        _number_of_groups,
        "This is the number of groups, not the number of persons in the smallest of them.",
    ),
    Mistake(
        "entry alone",
        _entry_alone,
        "The groups share an entry only. Who knows the hour as well can tell more persons apart.",
    ),
    Mistake(
        "plate kept",
        _plate_kept,
        "The column plate is still in the table, beside the pseudonym that should replace it.",
    ),
    Mistake(
        "new pseudonym at each trip",
        _a_number_a_row,
        "Each row gets its own pseudonym. The same plate must get the same one, or trips of one "
        "person cannot be joined and k comes out too large.",
    ),
    Mistake(
        "whole digest",
        _coded(lambda code: code.hexdigest()),
        "The pseudonyms are the whole digest, 64 digits. Its first 16 are asked for: enough "
        "that no two plates share one.",
    ),
    Mistake(
        "last digits",
        _coded(lambda code: code.hexdigest()[-16:]),
        "These are the last 16 digits of the digest. Two agencies that should agree take the "
        "first.",
    ),
    Mistake(
        "raw bytes",
        _coded(lambda code: code.digest()[:16]),
        "The pseudonyms are raw bytes, from `digest()`. Hexadecimal digits are text, from "
        "`hexdigest()`.",
    ),
    Mistake(
        "all raw bytes",
        _coded(lambda code: code.digest()),
        "The pseudonyms are all 32 raw bytes. Asked for are 16 hexadecimal digits, as text: "
        "`hexdigest()`, then the first 16.",
    ),
    Mistake(
        "digits as bytes",
        _coded(lambda code: code.hexdigest()[:16].encode()),
        "The digits are encoded to bytes once more. A pseudonym is text: leave the last "
        "`encode` out.",
    ),
    Mistake(
        "capital letters",
        _coded(lambda code: code.hexdigest()[:16].upper()),
        "The digits are in capitals. `hexdigest()` gives small letters, and to a computer these "
        "are other names.",
    ),
    Mistake(
        "another hash",
        lambda trips, key: _with_k(
            _with_codes(
                trips,
                (
                    hmac.new(key, plate.encode(), hashlib.sha1).hexdigest()[:16]
                    for plate in trips["plate"]
                ),
            )
        ),
        "This is HMAC with SHA-1, which is broken. Take SHA-256.",
    ),
    Mistake(
        "hour alone",
        lambda trips, key: (_keyed(trips, key), int(_persons(_keyed(trips, key), ["hour"]).min())),
        "The groups share an hour only. Who knows the entry as well can tell more persons apart.",
    ),
)


def _protect_by_loop(trips, key):
    seen, persons = {}, []
    for _, trip in trips.iterrows():
        person = hmac.digest(key, trip["plate"].encode("utf-8"), "sha256").hex()[:16]
        persons.append(person)
        seen.setdefault((trip["entry"], trip["hour"]), set()).add(person)
    table = trips.copy()
    table.insert(0, "person", persons)
    del table["plate"]
    return table, min(len(group) for group in seen.values())


PROTECT_ALSO_RIGHT = (_protect_by_loop,)
