"""The service: who is registered, who keeps whom, who sees what, and who must still hear of it."""
