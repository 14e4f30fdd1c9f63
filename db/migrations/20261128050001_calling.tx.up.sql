-- Messages that a provider has right now; few at any time, and watched.
CREATE INDEX messages_calling ON messages (updated_at) WHERE status = 'calling';
