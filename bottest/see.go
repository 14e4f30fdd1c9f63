package bottest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// What there is to see of the world.

// Messages are the chat's messages, oldest first.
func (w *World) Messages() ([]crm.Message, error) {
	var messages []crm.Message
	err := w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model(&messages).Order("seq").Scan(ctx)
	})
	return messages, err
}

// Said are the texts of the bots' messages so far.
func (w *World) Said() ([]string, error) {
	messages, err := w.Messages()
	var texts []string
	for _, m := range messages {
		if m.AuthorKind == crm.ByBot {
			texts = append(texts, m.Text)
		}
	}
	return texts, err
}

// Runs are all runs, oldest first.
func (w *World) Runs() ([]crm.Run, error) {
	var runs []crm.Run
	err := w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model(&runs).Order("id").Scan(ctx)
	})
	return runs, err
}

// Run is the newest run.
func (w *World) Run() (crm.Run, error) {
	runs, err := w.Runs()
	if err != nil {
		return crm.Run{}, err
	}
	if len(runs) == 0 {
		return crm.Run{}, errors.New("no bot was launched")
	}
	return runs[len(runs)-1], nil
}

// Alive says whether the conversation's workflow runs.
func (w *World) Alive() bool { return w.session.Load() != nil }

// lead is the client's lead; without an id before there is one.
func (w *World) lead() (crm.Lead, error) {
	subject := bot.Subject{LeadID: w.Chat().LeadID}
	if subject.LeadID == 0 && w.workflowID != "" {
		var err error
		if subject, err = bot.ParseWorkflowID(w.workflowID); err != nil {
			return crm.Lead{}, err
		}
	}
	if subject.LeadID == 0 {
		return crm.Lead{}, errors.New("there is no lead yet")
	}
	return w.store.Lead(w.ctx, subject.LeadID)
}

// Stage is the name of the stage at which the lead stands.
func (w *World) Stage() (string, error) {
	lead, err := w.lead()
	if err != nil {
		return "", err
	}
	stage, err := w.store.Stage(w.ctx, lead.PipelineID, lead.StageID)
	return stage.Name, err
}

// Tags are the names of the lead's tags.
func (w *World) Tags() ([]string, error) {
	lead, err := w.lead()
	if err != nil {
		return nil, err
	}
	tags, err := w.store.TagsOf(w.ctx, crm.Leads, []int64{lead.ID})
	names := []string{}
	for _, tag := range tags[lead.ID] {
		names = append(names, tag.Name)
	}
	return names, err
}

// Tasks are the texts of all tasks, oldest first.
func (w *World) Tasks() ([]string, error) {
	var texts []string
	err := w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model((*crm.Task)(nil)).Column("text").Order("id").Scan(ctx, &texts)
	})
	return texts, err
}

// Notes are the texts of all notes, oldest first.
func (w *World) Notes() ([]string, error) {
	var notes []crm.Note
	err := w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model(&notes).Order("id").Scan(ctx)
	})
	texts := make([]string, len(notes))
	for i, note := range notes {
		texts[i] = fmt.Sprint(note.Params["text"])
	}
	return texts, err
}

// Fact is what a placeholder of the store stands for, such as contact.phone.
func (w *World) Fact(name string) (string, error) {
	lead, err := w.lead()
	if err != nil {
		return "", err
	}
	var values []string
	err = w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		values, _, err = tx.Fact(ctx, bot.Subject{LeadID: lead.ID}, w.Chat().ID, name)
		return err
	})
	return strings.Join(values, ", "), err
}

// Trace is a run's trace.
func (w *World) Trace(runID int64) ([]bot.Visit, error) { return w.store.Visits(w.ctx, runID) }

// like compares a text with a pattern in which * stands for anything.
func like(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("(?s)^" + strings.Join(parts, ".*") + "$").MatchString(text)
}
