package postman

import (
	"context"
	"sync"
	"time"

	"salesbot/db"
)

// markEvery is how long sent mail waits to be marked, so that much mail shares one write. What a crash leaves unmarked
// is sent again, and dropped by who has seen it.
const markEvery = 200 * time.Millisecond

// marks are the letters that were sent and are not marked yet.
type marks struct {
	store *db.Store
	mu    sync.Mutex
	sent  map[int64]bool
}

func (m *marks) has(seq int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sent[seq]
}

func (m *marks) add(seq int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent[seq] = true
}

// write marks what was sent so far. Letters stay known as sent until their marks are in the database.
func (m *marks) write(ctx context.Context) error {
	m.mu.Lock()
	seqs := make([]int64, 0, len(m.sent))
	for seq := range m.sent {
		seqs = append(seqs, seq)
	}
	m.mu.Unlock()
	if err := m.store.MailSent(ctx, seqs); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, seq := range seqs {
		delete(m.sent, seq)
	}
	return nil
}
