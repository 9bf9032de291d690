"""One client's session: requests in, replies out, an ``EngineSession`` driven in between."""

from dlt_oracle.embedded.session.channel import Channel, ConnectionClosed, Interrupted
from dlt_oracle.embedded.session.conversation import Surroundings, converse
from dlt_oracle.embedded.session.faults import Faults, Moment

__all__ = ["Channel", "ConnectionClosed", "Faults", "Interrupted", "Moment", "Surroundings", "converse"]
