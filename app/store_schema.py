"""The tables of the client's file, and the steps by which an older file moves forward."""

import sqlite3
from typing import Final

MIGRATIONS: Final = (
    """
    CREATE TABLE contact (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        renamed INTEGER NOT NULL DEFAULT 0,   -- the name was typed here: no book overwrites it
        removed INTEGER NOT NULL DEFAULT 0,   -- kept until the step that removed it is forgotten
        source TEXT,                          -- the book it came from; NULL: made for a relation
        card TEXT NOT NULL DEFAULT '{}',
        photo BLOB,
        added_at REAL NOT NULL
    );
    CREATE TABLE address (
        address TEXT PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        text TEXT NOT NULL,
        label TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE INDEX address_by_contact ON address(contact_id, position);
    CREATE TABLE known_card (
        digest BLOB PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX known_card_by_contact ON known_card(contact_id);
    CREATE TABLE relation (                   -- what the service says
        address TEXT PRIMARY KEY,
        contact INTEGER NOT NULL,
        subscribed INTEGER NOT NULL,
        favorite INTEGER NOT NULL,
        blocked INTEGER NOT NULL,
        visibility INTEGER NOT NULL,
        fields INTEGER NOT NULL,
        paired INTEGER NOT NULL,
        matched INTEGER NOT NULL,
        origin TEXT NOT NULL,
        joined_at REAL
    ) WITHOUT ROWID;
    CREATE TABLE profile (                    -- what they publish for me
        address TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        fields BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE outbox (                     -- what I want, and the service has not acknowledged
        address TEXT PRIMARY KEY,
        erase INTEGER NOT NULL DEFAULT 0,
        contact INTEGER,
        subscribed INTEGER,
        favorite INTEGER,
        blocked INTEGER,
        visibility INTEGER,
        fields INTEGER,
        bulk INTEGER NOT NULL,                -- may travel with thousands of others
        revision INTEGER NOT NULL,
        batch INTEGER,                        -- leased for one request; 0: held by an open import
        tried INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        deferred INTEGER NOT NULL DEFAULT 0,
        failure TEXT
    ) WITHOUT ROWID;
    CREATE INDEX outbox_ready ON outbox(bulk, not_before) WHERE failure IS NULL AND batch IS NULL;
    CREATE VIEW effective AS                  -- what the screen shows: the first under the second
        SELECT a.address, a.contact_id, a.position, a.text, a.label,
            CASE WHEN o.address IS NULL THEN r.address IS NOT NULL
                ELSE NOT o.erase OR o.contact IS NOT NULL END AS kept,
            IFNULL(CASE WHEN o.erase THEN o.contact
                ELSE IFNULL(o.contact, r.contact) END, 0) AS contact,
            IFNULL(CASE WHEN o.erase THEN o.subscribed
                ELSE IFNULL(o.subscribed, r.subscribed) END, 0) AS subscribed,
            IFNULL(CASE WHEN o.erase THEN o.favorite
                ELSE IFNULL(o.favorite, r.favorite) END, 0) AS favorite,
            IFNULL(CASE WHEN o.erase THEN o.blocked
                ELSE IFNULL(o.blocked, r.blocked) END, 0) AS blocked,
            IFNULL(CASE WHEN o.erase THEN o.visibility
                ELSE IFNULL(o.visibility, r.visibility) END, 0) AS visibility,
            IFNULL(CASE WHEN o.erase THEN o.fields
                ELSE IFNULL(o.fields, r.fields) END, 0) AS fields,
            IFNULL(r.paired, 0) AS paired, IFNULL(r.matched, 0) AS matched,
            r.origin, r.joined_at, o.address IS NOT NULL AS waiting, o.deferred, o.not_before
        FROM address a LEFT JOIN relation r USING (address)
            LEFT JOIN outbox o ON o.address = a.address AND o.failure IS NULL;
    CREATE TABLE my_outbox (
        part TEXT PRIMARY KEY,
        value BLOB,
        revision INTEGER NOT NULL,
        failure TEXT
    ) WITHOUT ROWID;
    CREATE TABLE message (
        id TEXT PRIMARY KEY,
        peer TEXT NOT NULL,
        sender TEXT NOT NULL,
        recipient TEXT NOT NULL,
        text TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        status TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX message_by_peer ON message(peer, sent_at);
    CREATE INDEX message_waiting ON message(sent_at) WHERE status = 'waiting';
    CREATE TABLE step (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        at REAL NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0,    -- the order of undoing; 0: it stands
        open INTEGER NOT NULL DEFAULT 0       -- an import that has not come to its end
    );
    CREATE TABLE cell (                       -- one value that a step changed
        step_id INTEGER NOT NULL REFERENCES step(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        part TEXT NOT NULL,
        key TEXT NOT NULL,
        before BLOB,
        after BLOB,
        PRIMARY KEY (step_id, position)
    ) WITHOUT ROWID;
    CREATE TABLE row (                        -- contacts as the list shows them, ready-made
        contact_id INTEGER PRIMARY KEY REFERENCES contact(id) ON DELETE CASCADE,
        data BLOB NOT NULL
    );
    CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE unfinished (                 -- the rest of a deed on thousands of people
        id INTEGER PRIMARY KEY,
        step_id INTEGER NOT NULL REFERENCES step(id) ON DELETE CASCADE,
        contact_id INTEGER,                   -- whom to change,
        parts TEXT,                           -- and how; NULL removes them
        is_undo INTEGER,                      -- or: the whole step is taken back, or done again,
        done INTEGER NOT NULL DEFAULT 0       -- and so many of its values are
    );
    CREATE INDEX unfinished_by_step ON unfinished(step_id);
    CREATE INDEX unfinished_by_contact ON unfinished(contact_id);
    CREATE INDEX cell_removed ON cell(key) WHERE part = 'removed';
    """,
    """
    ALTER TABLE relation ADD COLUMN since REAL;         -- when it was first kept, as known here
    ALTER TABLE unfinished ADD COLUMN address TEXT;     -- this address of the contact alone
    CREATE TABLE awaited (                    -- whose joining I want to be told of
        address TEXT PRIMARY KEY
    ) WITHOUT ROWID;
    CREATE TABLE notice (                     -- what happened without me, until I have seen it
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        about TEXT NOT NULL,                  -- an address, or a part of my own account
        before TEXT,                          -- my relation as it was and as it is; NULL: none
        after TEXT,
        detail TEXT NOT NULL DEFAULT '',
        awaited INTEGER NOT NULL DEFAULT 0,
        seen INTEGER NOT NULL DEFAULT 0,
        settled TEXT NOT NULL DEFAULT ''      -- kept or undone
    );
    CREATE INDEX notice_open ON notice(about) WHERE settled = '';
    CREATE INDEX notice_unseen ON notice(id) WHERE NOT seen;
    CREATE TABLE my_picture (                 -- pictures of mine that a step can bring back
        name TEXT PRIMARY KEY,
        data BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX cell_picture ON cell(before, after) WHERE part = 'mine' AND key = 'picture';
    """,
    """
    ALTER TABLE unfinished ADD COLUMN merging TEXT;     -- these people into the contact
    CREATE TABLE apart (                      -- who is not the same person, though much alike
        pair TEXT PRIMARY KEY,                -- what both said, to know them after a new import
        one INTEGER NOT NULL,
        other INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX apart_by_one ON apart(one);
    CREATE INDEX apart_by_other ON apart(other);
    """,
    """
    CREATE INDEX contact_removed ON contact(id) WHERE removed;  -- asked for at every step
    """,
    """
    ALTER TABLE my_outbox ADD COLUMN base BLOB;         -- what the service had when it was wanted
    ALTER TABLE my_outbox ADD COLUMN sent BLOB;         -- what was sent, and may have arrived
    ALTER TABLE my_outbox ADD COLUMN overtaken INTEGER NOT NULL DEFAULT 0;
    -- 1: another session of mine has changed it meanwhile, and I have not decided which holds
    """,
    """
    ALTER TABLE message ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX message_unread ON message(peer) WHERE unread;
    """,
)

NEWEST: Final = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Move the file forward, one version and one transaction at a time; another may do so too."""
    while (version := _version(connection)) < NEWEST:
        try:
            connection.executescript(_script(version))
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.rollback()
            if _version(connection) == version:
                raise
    if version > NEWEST:
        raise sqlite3.DatabaseError("it was written by a newer Kith")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _script(version: int) -> str:
    """Move on from one version; where another Kith was quicker, the second statement fails."""
    return (
        "BEGIN IMMEDIATE;"
        f" SELECT json('overtaken') FROM pragma_user_version WHERE user_version <> {version};"
        f" {MIGRATIONS[version]}; PRAGMA user_version = {version + 1}; COMMIT;"
    )
