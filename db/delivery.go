package db

import (
	"context"
	"fmt"

	"salesbot/crm"
)

// Delivery is what a provider has to be called with.
type Delivery struct {
	Message crm.Message
	Chat    crm.Chat
	Channel crm.Channel
	// Done says that the message's fate is known already; Message.Status tells it.
	Done bool
	// Unsure says that an earlier attempt called the provider and left no outcome behind.
	Unsure bool
}

// BeginDelivery marks the message as being handed to its provider, before the provider is called, so that a crash in
// between is seen afterwards. A message of a run that is held by now is failed instead: the person talks.
func (s *Store) BeginDelivery(ctx context.Context, messageID string) (Delivery, error) {
	var d Delivery
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		d = Delivery{}
		if err := found(tx.lock(tx.NewSelect().Model(&d.Message).Where("id = ?", messageID)).Scan(ctx), "message", messageID); err != nil {
			return err
		}
		if err := found(tx.NewSelect().Model(&d.Chat).Where("id = ?", d.Message.ChatID).Scan(ctx), "chat", d.Message.ChatID); err != nil {
			return err
		}
		if err := found(tx.NewSelect().Model(&d.Channel).Where("id = ?", d.Chat.ChannelID).Scan(ctx), "channel", d.Chat.ChannelID); err != nil {
			return err
		}
		return tx.begin(ctx, &d)
	})
	return d, err
}

func (tx *Tx) begin(ctx context.Context, d *Delivery) error {
	switch d.Message.Status {
	case crm.MessageSending:
	case crm.MessageCalling:
		d.Unsure = true
		return nil
	default:
		d.Done = true
		return nil
	}
	held, err := tx.heldRun(ctx, d.Message)
	if err != nil {
		return err
	}
	if d.Message.Status = crm.MessageCalling; held {
		d.Done = true
		d.Message.Status, d.Message.ErrorCode, d.Message.Error = crm.MessageFailed, string(crm.Held), "a person took over before it was sent"
	}
	return tx.updateStatus(ctx, d.Message, d.Chat.LeadID)
}

func (tx *Tx) heldRun(ctx context.Context, m crm.Message) (bool, error) {
	if m.RunID == 0 {
		return false, nil
	}
	run, err := tx.lockRun(ctx, m.RunID)
	return run.Hold != "", err
}

// EndDelivery writes what became of the message: sent with the provider's id, failed, unknown, or back to sending when
// it surely did not go out and will be tried again.
func (s *Store) EndDelivery(ctx context.Context, d Delivery) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		if d.Message.Status == crm.MessageSending && d.Message.RunID != 0 {
			run, err := tx.lockRun(ctx, d.Message.RunID)
			if err != nil {
				return err
			}
			if run.EndedAt != nil {
				giveUp(&d.Message)
			}
		}
		return tx.updateStatus(ctx, d.Message, d.Chat.LeadID)
	})
}

// failUnsent fails what a run wrote and did not hand over before it ended: nobody would send it any more.
func (tx *Tx) failUnsent(ctx context.Context, run crm.Run) error {
	var messages []crm.Message
	err := tx.lock(tx.NewSelect().Model(&messages).Where("run_id = ?", run.ID).Where("status = ?", crm.MessageSending)).Scan(ctx)
	if err != nil {
		return fmt.Errorf("look for messages that were not sent: %w", err)
	}
	for _, m := range messages {
		giveUp(&m)
		if err := tx.updateStatus(ctx, m, run.LeadID); err != nil {
			return err
		}
	}
	return nil
}

func giveUp(m *crm.Message) {
	m.Status, m.ErrorCode, m.Error = crm.MessageFailed, string(crm.Held), "the bot's run ended before it was sent"
}

// BlockChat notes that the client refuses our messages.
func (s *Store) BlockChat(ctx context.Context, chat crm.Chat) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error { return tx.setBlocked(ctx, chat, true) })
}

// Calling counts the messages of a lead's runs that are at a provider right now. After a take-over was committed the
// number only falls, and at zero the bots are silent.
func (s *Store) Calling(ctx context.Context, leadID int64) (int64, error) {
	n, err := s.read.NewSelect().Model((*crm.Message)(nil)).Join("JOIN chats ON chats.id = message.chat_id").
		Where("chats.lead_id = ?", leadID).Where("message.status = ?", crm.MessageCalling).Where("message.run_id <> 0").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count messages on their way: %w", err)
	}
	return n, nil
}
