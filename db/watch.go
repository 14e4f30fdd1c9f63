package db

// Watch returns a channel that gets a value after commits that wrote events or mail in this process; several commits
// may share one value. Processes that share a PostgreSQL also poll, so a watcher must read what is new by a cursor and
// not count values. Call the returned function when done.
func (s *Store) Watch() (<-chan struct{}, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextID
	s.nextID++
	ch := make(chan struct{}, 1)
	s.watchers[id] = ch
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

func (s *Store) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
