package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// ButtonEditBatch is how many edits DueButtonEdits gives at most.
const ButtonEditBatch = 20

// buttonEditLease is for how long an edit is its taker's; longer than a batch takes. An edit may be repeated, so one whose
// taker was killed is done again after that.
const buttonEditLease = 5 * time.Minute

// ButtonEdit is a message whose provider has to be told that its quick replies are spent.
type ButtonEdit struct {
	Message crm.Message
	Chat    crm.Chat
	Channel crm.Channel
}

// DueButtonEdits takes those that are due; nobody else gets them for some minutes. EndButtonEdit says what became of each.
func (s *Store) DueButtonEdits(ctx context.Context) ([]ButtonEdit, error) {
	due, err := s.read.NewSelect().Model((*crm.Message)(nil)).Where("edit_at IS NOT NULL").Where("edit_at <= ?", s.Now()).Exists(ctx)
	if err != nil || !due {
		return nil, err
	}
	var edits []ButtonEdit
	err = s.Change(ctx, func(ctx context.Context, tx *Tx) (err error) {
		edits, err = tx.leaseButtonEdits(ctx)
		return err
	})
	return edits, err
}

func (tx *Tx) leaseButtonEdits(ctx context.Context) ([]ButtonEdit, error) {
	var messages []crm.Message
	q := tx.NewSelect().Model(&messages).Where("edit_at IS NOT NULL").Where("edit_at <= ?", tx.Now).Order("edit_at", "seq").Limit(ButtonEditBatch)
	if tx.store.Postgres() {
		q = q.For("UPDATE SKIP LOCKED")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for spent buttons: %w", err)
	}
	edits := make([]ButtonEdit, len(messages))
	seqs := make([]int64, len(messages))
	for i, m := range messages {
		edits[i].Message, seqs[i] = m, m.Seq
		if err := found(tx.NewSelect().Model(&edits[i].Chat).Where("id = ?", m.ChatID).Scan(ctx), "chat", m.ChatID); err != nil {
			return nil, err
		}
		channelID := edits[i].Chat.ChannelID
		if err := found(tx.NewSelect().Model(&edits[i].Channel).Where("id = ?", channelID).Scan(ctx), "channel", channelID); err != nil {
			return nil, err
		}
	}
	if len(seqs) == 0 {
		return nil, nil
	}
	_, err := tx.NewUpdate().Model((*crm.Message)(nil)).Set("edit_at = ?", tx.Now.Add(buttonEditLease)).Where("seq IN (?)", bun.List(seqs)).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("take spent buttons: %w", err)
	}
	return edits, nil
}

// EndButtonEdit ends an edit after so many tries, or has it done again at a time.
func (s *Store) EndButtonEdit(ctx context.Context, m crm.Message, again *time.Time, tries int) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewUpdate().Model((*crm.Message)(nil)).Set("edit_at = ?", again).Set("edit_tries = ?", tries).Where("seq = ?", m.Seq).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note what became of the buttons of message %s: %w", m.ID, err)
		}
		return nil
	})
}
