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
	// Unsure says that an earlier attempt called the provider and left no outcome behind. Whatever comes of it now is written
	// under that attempt's name.
	Unsure bool
	// Blocked says that the client refuses our messages.
	Blocked bool
}

// BeginDelivery marks the message as being handed to its provider, before the provider is called, so that a crash in
// between is seen afterwards. call is the attempt's own name; when the error says that the database is away, the mark may have
// been made nonetheless, and RecordDelivery takes it off. A message of a run that is held by now is not: that is an error of code Held.
func (s *Store) BeginDelivery(ctx context.Context, messageID, call string) (Delivery, error) {
	var d Delivery
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) (err error) {
		d = Delivery{}
		if d.Message, err = tx.lockMessage(ctx, messageID); err != nil {
			return err
		}
		if err := found(tx.NewSelect().Model(&d.Chat).Where("id = ?", d.Message.ChatID).Scan(ctx), "chat", d.Message.ChatID); err != nil {
			return err
		}
		if err := found(tx.NewSelect().Model(&d.Channel).Where("id = ?", d.Chat.ChannelID).Scan(ctx), "channel", d.Chat.ChannelID); err != nil {
			return err
		}
		return tx.begin(ctx, &d, call)
	})
	return d, err
}

// lockMessage reads a message and keeps others from changing it. Its run is locked first: whoever ends or stops a run
// fails and spends its messages after it, and neither shall wait for the other.
func (tx *Tx) lockMessage(ctx context.Context, id string) (crm.Message, error) {
	var m crm.Message
	if tx.store.Postgres() {
		err := tx.NewSelect().Model(&m).Column("run_id").Where("id = ?", id).Scan(ctx)
		if err := found(err, "message", id); err != nil {
			return m, err
		}
		if _, err := tx.lockRun(ctx, m.RunID); err != nil && crm.CodeOf(err) != crm.NotFound {
			return m, err
		}
	}
	err := tx.lock(tx.NewSelect().Model(&m).Where("id = ?", id)).Scan(ctx)
	return m, found(err, "message", id)
}

func (tx *Tx) begin(ctx context.Context, d *Delivery, call string) error {
	switch d.Message.Status {
	case crm.MessageSending:
	case crm.MessageCalling:
		d.Unsure = true
		return nil
	default:
		d.Done = true
		return nil
	}
	if err := tx.mayDeliver(ctx, d.Message); err != nil {
		return err
	}
	d.Message.Status, d.Message.CalledBy = crm.MessageCalling, call
	return tx.updateStatus(ctx, d.Message, d.Chat.LeadID)
}

// mayDeliver: a message of a run that is held by now waits until people let the run go on.
func (tx *Tx) mayDeliver(ctx context.Context, m crm.Message) error {
	if m.RunID == 0 {
		return nil
	}
	run, err := tx.lockRun(ctx, m.RunID)
	if err == nil && run.Hold != "" {
		return crm.Errorf(crm.Held, "run %d is held (%s)", run.ID, run.Hold)
	}
	return err
}

// GiveUp fails a message whose delivery was tried until its time was over. One whose fate is known keeps it.
func (s *Store) GiveUp(ctx context.Context, messageID, reason string) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		var m crm.Message
		if err := found(tx.lock(tx.NewSelect().Model(&m).Where("id = ?", messageID)).Scan(ctx), "message", messageID); err != nil {
			return err
		}
		if m.Status != crm.MessageSending && m.Status != crm.MessageCalling {
			return nil
		}
		var chat crm.Chat
		if err := found(tx.NewSelect().Model(&chat).Where("id = ?", m.ChatID).Scan(ctx), "chat", m.ChatID); err != nil {
			return err
		}
		m.Status, m.ErrorCode, m.Error = crm.MessageFailed, "timeout", reason
		return tx.updateStatus(ctx, m, chat.LeadID)
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
