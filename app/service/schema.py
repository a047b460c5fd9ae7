"""The tables, their versions, and the way from an older version to this one.

Placement, for a database spread over machines: `account` by id, `relation` by owner_id (one book is
one place; a fan-out reads it through `relation_by_peer`).
"""

from typing import Final

VERSION_1: Final = """
CREATE TABLE account (
    id {id},
    address_key BIGINT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    fields TEXT NOT NULL,
    privacy TEXT NOT NULL,
    auto_sync INTEGER NOT NULL,
    reach TEXT NOT NULL,
    head BIGINT NOT NULL,
    me_seq BIGINT NOT NULL,
    budget DOUBLE PRECISION NOT NULL,
    budget_at DOUBLE PRECISION NOT NULL,
    online INTEGER NOT NULL,
    last_seen DOUBLE PRECISION,
    incarnation BIGINT NOT NULL,
    base BIGINT NOT NULL
);
CREATE TABLE token (
    hash BLOB PRIMARY KEY,
    account_id BIGINT NOT NULL
);
CREATE INDEX token_by_account ON token (account_id);
CREATE TABLE relation (
    owner_id BIGINT NOT NULL,
    peer_key BIGINT NOT NULL,
    peer_id BIGINT,
    kept INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    subscribed INTEGER NOT NULL,
    favorite INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    visibility INTEGER NOT NULL,
    fields INTEGER NOT NULL,
    paired INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    cause INTEGER NOT NULL,
    relation_seq BIGINT NOT NULL,
    profile_seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    shown INTEGER NOT NULL,
    digest BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    removed_at DOUBLE PRECISION,
    PRIMARY KEY (owner_id, peer_key)
){clustered};
CREATE INDEX relation_by_peer ON relation (peer_id, owner_id) WHERE peer_id IS NOT NULL;
CREATE INDEX relation_pending ON relation (peer_key, owner_id) WHERE peer_id IS NULL;
CREATE INDEX relation_changed ON relation (owner_id, relation_seq);
CREATE INDEX relation_heard ON relation (owner_id, profile_seq) WHERE profile_seq > 0;
CREATE TABLE picture (
    account_id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes BLOB NOT NULL
);
CREATE TABLE message (
    sender_id BIGINT NOT NULL,
    id TEXT NOT NULL,
    recipient_id BIGINT,
    sealed BLOB NOT NULL,
    sent_at TEXT NOT NULL,
    status TEXT NOT NULL,
    sender_seq BIGINT NOT NULL,
    recipient_seq BIGINT NOT NULL,
    PRIMARY KEY (sender_id, id)
);
CREATE INDEX message_sent ON message (sender_id, sender_seq);
CREATE INDEX message_received ON message (recipient_id, recipient_seq);
CREATE TABLE incarnation (
    id BIGINT PRIMARY KEY,
    started_at DOUBLE PRECISION NOT NULL
);
"""

VERSION_2: Final = """
CREATE TABLE node (
    id BIGINT PRIMARY KEY,
    seen_at DOUBLE PRECISION NOT NULL
);
CREATE TABLE presence (
    account_id BIGINT NOT NULL,
    node_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, node_id)
);
CREATE INDEX presence_by_node ON presence (node_id);
"""

VERSION_3: Final = """
CREATE TABLE address_key_mark (
    mark BIGINT PRIMARY KEY
);
"""

VERSION_4: Final = """
ALTER TABLE account ADD COLUMN floor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN taken BIGINT NOT NULL DEFAULT 0;
CREATE INDEX relation_let_go ON relation (removed_at) WHERE kept = 0;
"""

VERSION_5: Final = """
CREATE TABLE unfinished (
    owner_id BIGINT PRIMARY KEY
);
"""

MIGRATIONS: Final = (VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5)
"""Each brings the database from the version before it; a released one is never edited."""

POSTGRESQL_ONLY: Final = {
    # A feed that moves then stays on its page, and the indexes know nothing of it.
    2: "ALTER TABLE account SET (fillfactor = 70);"
}


_WORDS: Final = {
    "sqlite": {"{clustered}": " WITHOUT ROWID", "{id}": "INTEGER PRIMARY KEY"},
    "postgresql": {"{clustered}": "", "{id}": "BIGINT PRIMARY KEY", "BLOB": "BYTEA"},
}
"""What each engine calls by another name."""


def statements(version: int, dialect: str) -> list[str]:
    """Return the statements that lead to a version, for one engine."""
    script = MIGRATIONS[version - 1]
    if dialect == "postgresql":
        script += POSTGRESQL_ONLY.get(version, "")
    for word, said in _WORDS[dialect].items():
        script = script.replace(word, said)
    return [part.strip() for part in script.split(";") if part.strip()]
