package db

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"salesbot/bot"
	"salesbot/crm"
)

// A question's quick replies are live while the visit that asks waits. They are spent in the transaction by which that is
// over, whatever ended it: an answer, a timer, a person's command, the end of the run. A run that is only held goes on
// waiting, and its quick replies stay live; one that was stopped never hears an answer again.

// spendLeft spends what the visits asked that the run has left by now; all of them, if it has ended.
func (tx *Tx) spendLeft(ctx context.Context, run crm.Run, progress bot.Progress) error {
	left := 0
	for _, v := range progress.Visits {
		left = max(left, v.Number-1)
		if v.Left != nil {
			left = max(left, v.Number)
		}
	}
	if progress.Status.Final() {
		left = math.MaxInt32
	}
	if left == 0 {
		return nil
	}
	return tx.spend(ctx, run, left, progress.Visits)
}

// spend marks the quick replies that the run's visits up to one offered, and are live, as spent, and tells so by an event.
// The visits tell which of them was chosen. It may be repeated.
func (tx *Tx) spend(ctx context.Context, run crm.Run, upTo int, visits []bot.Visit) error {
	var messages []crm.Message
	err := tx.lock(tx.NewSelect().Model(&messages).Where("run_id = ?", run.ID).Where("visit > 0 AND spent_at IS NULL").Where("visit <= ?", upTo).Order("seq")).Scan(ctx)
	if err != nil {
		return fmt.Errorf("look for questions that are over: %w", err)
	}
	for _, m := range messages {
		m.SpentAt, m.UpdatedAt = &tx.Now, tx.Now
		if m.Chosen, err = tx.chosen(ctx, run, m, visits); err != nil {
			return err
		}
		if atProvider(m) {
			m.EditAt = &tx.Now
		}
		if _, err := tx.NewUpdate().Model(&m).WherePK().Column("spent_at", "chosen", "edit_at", "updated_at").Exec(ctx); err != nil {
			return fmt.Errorf("spend the buttons of message %s: %w", m.ID, err)
		}
		if err := tx.event(ctx, crm.Actor{Kind: crm.ByBot, ID: run.ID}, crm.MessageSpentEvent{Message: m, LeadID: run.LeadID}); err != nil {
			return err
		}
	}
	return nil
}

// chosen is the quick reply by which the visit that asked was left, for the chat in which the answer was heard: what one
// of several people answered is not what the others chose.
func (tx *Tx) chosen(ctx context.Context, run crm.Run, m crm.Message, visits []bot.Visit) (string, error) {
	at := slices.IndexFunc(visits, func(v bot.Visit) bool { return v.Number == m.Visit })
	if at < 0 {
		return "", nil
	}
	button, ok := strings.CutPrefix(visits[at].Exit, bot.ButtonExit)
	payload := bot.ButtonPayload(run.ID, m.Visit, button)
	if !ok || !slices.ContainsFunc(m.Buttons, func(b crm.Button) bool { return b.ID == payload }) {
		return "", nil
	}
	for _, heard := range visits[at].Got {
		here, err := tx.NewSelect().Model((*crm.Message)(nil)).Where("id = ?", heard.MessageID).Where("chat_id = ?", m.ChatID).Exists(ctx)
		if err != nil {
			return "", fmt.Errorf("look where an answer was heard: %w", err)
		}
		if here {
			return payload, nil
		}
	}
	return "", nil
}

// atProvider says that a provider shows the message, or may soon.
func atProvider(m crm.Message) bool {
	return m.ExternalID != "" || m.Status == crm.MessageSending || m.Status == crm.MessageCalling
}

// words are what a message says. A tap that comes without any, because its buttons were taken off the message in that
// moment, says what stands on the button: a tap is a message in words, whether its question still waits or not.
func (tx *Tx) words(ctx context.Context, chat crm.Chat, in crm.Inbound) (string, error) {
	runID, visit, ok := bot.Asked(in.Button)
	if strings.TrimSpace(in.Text) != "" || !ok {
		return in.Text, nil
	}
	var questions []crm.Message
	err := tx.NewSelect().Model(&questions).Where("chat_id = ?", chat.ID).Where("run_id = ?", runID).Where("visit = ?", visit).Scan(ctx)
	if err != nil {
		return "", fmt.Errorf("look for what a tap says: %w", err)
	}
	for _, question := range questions {
		for _, button := range question.Buttons {
			if button.ID == in.Button {
				return button.Text, nil
			}
		}
	}
	return in.Text, nil
}
