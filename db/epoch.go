package db

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
)

// An epoch is the time from one restore of the database to the next. Numbers that a restored database hands out again
// mean something else than they did before; mail's times and runs' births tell them apart.

// settingEpoch holds the installation's epoch. An installation from before there were epochs has none, which is the empty one.
const settingEpoch = "epoch"

// Epoch is the installation's epoch: 16 small letters and digits that sort by the time when it began, or empty.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	var epoch string
	_, err := s.Setting(ctx, settingEpoch, &epoch)
	return epoch, err
}

// RenewEpoch begins a new epoch, for a database that was restored, and returns it. Backups name it, so that one can tell
// which restore they follow. Call it while no server uses the database.
func (s *Store) RenewEpoch(ctx context.Context) (string, error) {
	var epoch string
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		epoch = tx.newBirth()
		return tx.SetSetting(ctx, settingEpoch, epoch)
	})
	return epoch, err
}

var births = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// newBirth names something that begins now, as nothing else was ever named: five bytes of seconds and five of chance.
// Names sort by their times.
func (tx *Tx) newBirth() string {
	var b [10]byte
	binary.BigEndian.PutUint64(b[:], uint64(tx.Now.Unix())<<24)
	_, _ = rand.Read(b[5:])
	return births.EncodeToString(b[:])
}
