package db

import (
	"context"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// EndDelivery writes what became of the message: sent with the provider's id, failed, unknown, or back to sending when
// it surely did not go out and will be tried again. A message that another attempt has taken up since is left to that one.
func (s *Store) EndDelivery(ctx context.Context, d Delivery) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error { return tx.endDelivery(ctx, d) })
}

// RecordDelivery writes what EndDelivery could not, because the database was away.
func (s *Store) RecordDelivery(ctx context.Context, messageID string, h bot.Handed) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		var d Delivery
		var err error
		if d.Message, err = tx.lockMessage(ctx, messageID); err != nil {
			return err
		}
		if err := found(tx.NewSelect().Model(&d.Chat).Where("id = ?", d.Message.ChatID).Scan(ctx), "chat", d.Message.ChatID); err != nil {
			return err
		}
		return tx.endDelivery(ctx, d.Ended(h))
	})
}

func (tx *Tx) endDelivery(ctx context.Context, d Delivery) error {
	if d.Message.Status == crm.MessageSending && d.Message.RunID != 0 {
		run, err := tx.lockRun(ctx, d.Message.RunID)
		if err != nil {
			return err
		}
		if run.EndedAt != nil {
			giveUp(&d.Message)
		}
	}
	ours, err := tx.updateStatusIf(ctx, d.Message, d.Chat.LeadID, func(q *bun.UpdateQuery) *bun.UpdateQuery { return endsDelivery(q, d.Message) })
	if err != nil || !ours || !d.Blocked {
		return err
	}
	return tx.setBlocked(ctx, d.Chat, true)
}

// endsDelivery: an attempt ends its own call. One that was thought to be lost may still tell what is unknown by now.
func endsDelivery(q *bun.UpdateQuery, m crm.Message) *bun.UpdateQuery {
	return q.WhereGroup(" AND ", func(q *bun.UpdateQuery) *bun.UpdateQuery {
		q = q.Where("status = ? AND called_by = ?", crm.MessageCalling, m.CalledBy)
		if m.Status == crm.MessageSent || m.Status == crm.MessageFailed {
			q = q.WhereOr("status = ?", crm.MessageUnknown)
		}
		return q
	})
}

// Handed is what EndDelivery would write.
func (d Delivery) Handed() bot.Handed {
	m := d.Message
	return bot.Handed{Call: m.CalledBy, Status: string(m.Status), ErrorCode: m.ErrorCode, Error: m.Error, ExternalID: m.ExternalID,
		PartsSent: m.PartsSent, Blocked: d.Blocked}
}

// Ended is the delivery whose call ended so.
func (d Delivery) Ended(h bot.Handed) Delivery {
	m := &d.Message
	m.CalledBy, m.Status, m.ErrorCode, m.Error = h.Call, crm.MessageStatus(h.Status), h.ErrorCode, h.Error
	m.ExternalID, m.PartsSent, d.Blocked = h.ExternalID, h.PartsSent, h.Blocked
	return d
}
