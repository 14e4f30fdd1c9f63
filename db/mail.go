package db

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// Letter is mail to a conversation as it is kept.
type Letter struct {
	bun.BaseModel `bun:"table:mail"`

	Seq        int64 `bun:",pk,autoincrement"`
	WorkflowID string
	Signal     string
	Payload    json.RawMessage `bun:"type:jsonb"`
	CreatedAt  time.Time
	SentAt     *time.Time
}

// post writes mail in the transaction that causes it; the postman sends it after the commit.
func (tx *Tx) post(ctx context.Context, to bot.Subject, signal string, payload any) error {
	return tx.postTo(ctx, to.WorkflowID(), signal, payload)
}

func (tx *Tx) postTo(ctx context.Context, workflowID, signal string, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("write %s: %w", signal, err)
	}
	letter := &Letter{WorkflowID: workflowID, Signal: signal, Payload: body, CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(letter).Exec(ctx); err != nil {
		return fmt.Errorf("post %s: %w", signal, err)
	}
	tx.mailTo = append(tx.mailTo, letter.WorkflowID)
	return nil
}

// postDelivery writes the mail that has a person's message handed to its provider.
func (tx *Tx) postDelivery(ctx context.Context, m crm.Message) error {
	return tx.postTo(ctx, bot.DeliveryID(m.ChatID), bot.SignalDeliver, bot.Deliver{MessageID: m.ID})
}

// OnMail names who is told, after the commit, to which workflows there is mail. Call it before the store is used.
func (s *Store) OnMail(tell func(workflowIDs []string)) { s.tellMail = tell }

// MailBatch is how much mail UnsentMail gives at most.
const MailBatch = 100

// UnsentMail is the unsent mail of one conversation, oldest first, at most MailBatch.
func (s *Store) UnsentMail(ctx context.Context, workflowID string) ([]Letter, error) {
	var letters []Letter
	err := s.read.NewSelect().Model(&letters).Where("workflow_id = ?", workflowID).Where("sent_at IS NULL").Order("seq").Limit(MailBatch).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return letters, nil
}

// ConversationsWithMail are the workflows that have mail which nobody sent since before, the longest waiting first.
func (s *Store) ConversationsWithMail(ctx context.Context, before time.Time, limit int64) ([]string, error) {
	var ids []string
	err := s.read.NewSelect().Model((*Letter)(nil)).Column("workflow_id").Where("sent_at IS NULL").
		Where("created_at <= ?", before).Group("workflow_id").OrderExpr("min(seq)").Limit(limit).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return ids, nil
}

// MailSent marks mail as having arrived.
func (s *Store) MailSent(ctx context.Context, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewUpdate().Model((*Letter)(nil)).Set("sent_at = ?", tx.Now).Where("seq IN (?)", bun.List(seqs)).Exec(ctx)
		return err
	})
}

// keepUnhandled is how long mail is kept to conversations that are over. Those which began before states were kept forget
// nothing themselves.
const keepUnhandled = 7 * 24 * time.Hour

// ForgetMail deletes mail to deliveries that was sent before the given time. Mail to conversations goes when they have
// handled it, however late they are.
func (s *Store) ForgetMail(ctx context.Context, before time.Time) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewDelete().Model((*Letter)(nil)).Where("sent_at < ?", before).
			Where("(signal = ? OR (sent_at < ? AND workflow_id NOT IN (SELECT workflow_id FROM runs WHERE ended_at IS NULL) AND workflow_id NOT IN (SELECT workflow_id FROM conversations)))",
				bot.SignalDeliver, before.Add(-keepUnhandled)).Exec(ctx)
		return err
	})
}

// ResendSince marks mail as unsent again that was sent after the given time and is not known to be handled. A conversation
// drops what it has seen, a delivery what was delivered; one whose Temporal data was set back gets what it lost.
func (s *Store) ResendSince(ctx context.Context, since time.Time) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewUpdate().Model((*Letter)(nil)).Set("sent_at = NULL").Where("sent_at >= ?", since).Exec(ctx)
		return err
	})
}
