package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// What the client and our own people do. The methods that are named by what is done settle afterwards; the others, which
// may be called by any goroutine, only do it.

// clientID is the client's id on the channel.
const clientID = "client-1"

// Client writes messages, one right after another, and settles.
func (w *World) Client(texts ...string) error {
	for _, text := range texts {
		if err := w.Say(text); err != nil {
			return err
		}
	}
	return w.Settle()
}

// Say writes one message.
func (w *World) Say(text string) error {
	return w.accept(crm.Inbound{Kind: crm.InMessage, Text: text})
}

// Tap taps the newest button with that text and settles.
func (w *World) Tap(text string) error {
	messages, err := w.Messages()
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(messages) {
		for _, b := range m.Buttons {
			if m.Direction != crm.DirectionOut || !like(text, b.Text) {
				continue
			}
			if b.URL != "" {
				return fmt.Errorf("the button %q opens %s; there is nothing to answer", b.Text, b.URL)
			}
			if err := w.accept(crm.Inbound{Kind: crm.InMessage, Text: b.Text, Button: b.ID}); err != nil {
				return err
			}
			return w.Settle()
		}
	}
	return fmt.Errorf("there is no button %q in the chat", text)
}

func (w *World) accept(in crm.Inbound) error {
	w.mu.Lock()
	w.sent++
	in.MessageID, in.ClientID = "", fmt.Sprintf("c%d", w.sent)
	w.mu.Unlock()
	in.ChatID, in.Profile, in.At = clientID, crm.Profile{Name: "Ann Client", FirstName: "Ann", LastName: "Client"}, w.Now()
	accepted, err := w.store.Accept(w.ctx, w.channel, true, in)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.chat = accepted.Chat
	w.mu.Unlock()
	return nil
}

// Chat is the client's chat; without an id before the client wrote.
func (w *World) Chat() crm.Chat {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.chat
}

var errNoChat = errors.New("the client has not written yet, so there is no chat")

// Manager answers the client and settles.
func (w *World) Manager(text string) error {
	if err := w.Reply(text); err != nil {
		return err
	}
	return w.Settle()
}

// Reply writes a manager's answer to the client.
func (w *World) Reply(text string) error {
	chat := w.Chat()
	if chat.ID == "" {
		return errNoChat
	}
	return w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.WriteAsManager(ctx, w.actor(), db.ManagerMessage{ChatID: chat.ID, Text: text}, func(string) bool { return true })
		return err
	})
}

// Launch starts a bot by hand, at a step if one is named, and settles. Bots count from 1.
func (w *World) Launch(number int, step string) error {
	if err := w.Start(number, step); err != nil {
		return err
	}
	return w.Settle()
}

// Start starts a bot by hand.
func (w *World) Start(number int, step string) error {
	if number < 1 || number > len(w.bots) {
		return fmt.Errorf("there is no bot %d", number)
	}
	return w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		subject, err := w.subject(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.LaunchRun(ctx, w.actor(), db.Launch{BotID: w.bots[number-1].ID, Subject: subject, ChatID: w.Chat().ID, By: "user", Step: step})
		return err
	})
}

// subject is the client's lead; a script may launch a bot before the client has written.
func (w *World) subject(ctx context.Context, tx *db.Tx) (bot.Subject, error) {
	if chat := w.Chat(); chat.ID != "" {
		return bot.Subject{LeadID: chat.LeadID}, nil
	}
	if w.workflowID != "" {
		return bot.ParseWorkflowID(w.workflowID)
	}
	contact, err := tx.CreateContact(ctx, w.actor(), crm.Contact{Name: "Ann Client", FirstName: "Ann", LastName: "Client"})
	if err != nil {
		return bot.Subject{}, err
	}
	lead, err := tx.CreateLead(ctx, w.actor(), crm.Lead{Name: contact.Name})
	if err != nil {
		return bot.Subject{}, err
	}
	return bot.Subject{LeadID: lead.ID}, tx.LinkContact(ctx, w.actor(), lead.ID, contact.ID, true)
}

// Command gives a command and settles: to the newest run, or, to take over and hand back, to the lead.
func (w *World) Command(control bot.Control) error {
	if err := w.Tell(control); err != nil {
		return err
	}
	return w.Settle()
}

// Tell gives a command.
func (w *World) Tell(control bot.Control) error {
	run, err := w.Run()
	if err != nil {
		return err
	}
	return w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		switch control.Command {
		case bot.CommandTakeOver:
			return tx.TakeOver(ctx, w.actor(), run.LeadID, w.user.ID)
		case bot.CommandHandBack:
			return tx.HandBack(ctx, w.actor(), run.LeadID)
		}
		if control.RunID == 0 {
			control.RunID = run.ID
		}
		_, err := tx.ControlRun(ctx, w.actor(), control.RunID, control)
		return err
	})
}

// Answer answers the step of the newest run that asks for input, and settles.
func (w *World) Answer(value any) error {
	run, err := w.Run()
	if err != nil {
		return err
	}
	if err := w.AnswerAt(run.ID, run.Visit, value); err != nil {
		return err
	}
	return w.Settle()
}

// AnswerAt answers that visit of a run.
func (w *World) AnswerAt(runID int64, visit int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error { return tx.AnswerRun(ctx, w.actor(), runID, visit, body) })
}

// Video opens or closes the newest video that the bot sent, and settles.
func (w *World) Video(kind bot.ReceiptKind) error {
	m, err := w.newest(func(m crm.Message) bool {
		return slices.ContainsFunc(m.Files, func(f crm.File) bool { return f.Type == "video" })
	})
	if err != nil {
		return fmt.Errorf("there is no video: %w", err)
	}
	err = w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error { return tx.VideoSeen(ctx, w.Chat(), m.ID, kind) })
	if err != nil {
		return err
	}
	return w.Settle()
}

// Report says what became of the newest message that the bot sent over an external channel, and settles.
func (w *World) Report(status crm.MessageStatus, reason string) error {
	m, err := w.newest(func(m crm.Message) bool { return m.ExternalID != "" })
	if err != nil {
		return fmt.Errorf("there is no message to report: %w", err)
	}
	in := crm.Inbound{Kind: crm.InStatus, ChatID: clientID, MessageID: m.ExternalID, Status: status, Error: reason, At: w.Now()}
	if _, err := w.store.Accept(w.ctx, w.channel, true, in); err != nil {
		return err
	}
	return w.Settle()
}

func (w *World) newest(is func(crm.Message) bool) (crm.Message, error) {
	messages, err := w.Messages()
	if err != nil {
		return crm.Message{}, err
	}
	for _, m := range slices.Backward(messages) {
		if m.Direction == crm.DirectionOut && m.AuthorKind == crm.ByBot && is(m) {
			return m, nil
		}
	}
	return crm.Message{}, errors.New("the bot has sent none")
}

// Publish makes another document the version of a bot that new runs get. Bots count from 1.
func (w *World) Publish(number int, document bot.Document) error {
	draft, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		b, err := w.store.Bot(ctx, w.bots[number-1].ID)
		if err != nil {
			return err
		}
		if b, err = tx.UpdateBot(ctx, w.actor(), b.ID, db.BotChange{Draft: draft, Revision: &b.Revision}); err != nil {
			return err
		}
		_, err = tx.PublishBot(ctx, w.actor(), b.ID, b.Revision)
		return err
	})
}
