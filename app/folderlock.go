package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lookAtLock is how often is looked whether the folder's lock is still the one that another server would meet.
const lookAtLock = time.Second

// folderLock keeps a second server off the data folder. The system holds the lock on the file, not on its name: where
// the file is deleted or the folder moved away, another server would make a new one and find it free. So it is watched.
type folderLock struct {
	folder string
	lock   *flock.Flock
	lost   chan error
	stop   chan struct{}
	done   chan struct{}
}

// lockFolder takes the lock, or says who has it.
func lockFolder(folder string) (*folderLock, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	l := &folderLock{folder: folder, lost: make(chan error, 1), stop: make(chan struct{}), done: make(chan struct{})}
	if err := l.take(); err != nil {
		return nil, err
	}
	go l.watch()
	return l, nil
}

func (l *folderLock) take() error {
	lock := flock.New(filepath.Join(l.folder, "server.lock"))
	locked, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock the data folder: %w", err)
	}
	if !locked {
		_ = lock.Close()
		return fmt.Errorf("another server uses the data folder %s; stop it, or give this one a folder of its own with SALESBOT_DATA", l.folder)
	}
	l.lock = lock
	return nil
}

func (l *folderLock) watch() {
	defer close(l.done)
	tick := time.NewTicker(lookAtLock)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		if err := l.keep(); err != nil {
			l.lost <- err
			return
		}
	}
}

// keep takes the lock again where its file has gone. Where the whole folder has, this server's data is elsewhere now.
func (l *folderLock) keep() error {
	held, err := l.lock.Stat()
	if err != nil {
		return fmt.Errorf("look at the data folder's lock: %w", err)
	}
	there, err := os.Stat(l.lock.Path())
	if err == nil && os.SameFile(held, there) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the data folder's lock: %w", err)
	}
	if _, err := os.Stat(l.folder); err != nil {
		return fmt.Errorf("the data folder was moved or deleted while the server runs: %w", err)
	}
	old := l.lock
	if err := l.take(); err != nil {
		return fmt.Errorf("the lock of the data folder was deleted while the server runs: %w", err)
	}
	return old.Close()
}

// Close lets the folder go.
func (l *folderLock) Close() error {
	close(l.stop)
	<-l.done
	return l.lock.Close()
}
