package bottest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// Line is one thing that happened.
type Line struct {
	At time.Time
	// Who is client, bot, manager, or what changed: stage, task, note, tag, field, webhook, activity, run …
	Who, Text string
}

func (l Line) String() string {
	return fmt.Sprintf("%s  %-8s %s", l.At.UTC().Format("Mon 02 Jan 15:04:05"), l.Who, strings.ReplaceAll(l.Text, "\n", " / "))
}

// Transcript is all that happened so far, in order. It is read from the store's own record of events.
func (w *World) Transcript() ([]Line, error) {
	var events []crm.Event
	var lines []placed
	err := w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model(&events).Order("id").Scan(ctx); err != nil {
			return err
		}
		for _, e := range events {
			who, text, err := w.tell(ctx, tx, e)
			if err != nil {
				return err
			}
			if who != "" {
				lines = append(lines, placed{Line{e.CreatedAt, who, text}, e.ID})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	lines = append(lines, w.calls()...)
	slices.SortStableFunc(lines, func(a, b placed) int { return cmp.Compare(a.after, b.after) })
	out := make([]Line, len(lines))
	for i, l := range lines {
		out[i] = l.Line
	}
	return out, nil
}

// placed is a line with the number of the event that it is, or that it came after.
type placed struct {
	Line

	after int64
}

func (w *World) calls() []placed {
	var lines []placed
	for _, c := range w.Web.Calls() {
		lines = append(lines, placed{Line{c.At, "webhook", fmt.Sprintf("%s %s → %s", c.Method, c.URL, c.Outcome)}, c.after})
	}
	for _, c := range w.Foreign.Calls() {
		lines = append(lines, placed{Line{c.At, "activity", fmt.Sprintf("%s %s → %s", c.Name, c.Input, c.Outcome)}, c.after})
	}
	return lines
}

// lastEvent is the number of the newest event, so that a webhook finds its place among them.
func (w *World) lastEvent() int64 {
	var id int64
	err := w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model((*crm.Event)(nil)).ColumnExpr("COALESCE(max(id), 0)").Scan(ctx, &id)
	})
	w.fail(err)
	return id
}

func (w *World) tell(ctx context.Context, tx *db.Tx, e crm.Event) (who, text string, err error) {
	before, after, err := e.Values()
	if err != nil {
		return "", "", err
	}
	switch e.Type {
	case crm.MessageIn, crm.MessageOut, crm.MessageStatusChanged:
		return w.tellMessage(ctx, tx, e, after)
	case crm.LeadStatusChanged:
		stage, err := w.store.Stage(ctx, after.LeadStatus.PipelineID, after.LeadStatus.ID)
		return "stage", stage.Name, err
	case crm.TaskAdded:
		return "task", fmt.Sprintf("%s (due %s)", after.Task.Text, time.Unix(after.Task.CompleteTill, 0).UTC().Format("Mon 02 Jan 15:04")), nil
	case crm.NoteAdded:
		var note crm.Note
		err := tx.NewSelect().Model(&note).OrderExpr("id").Where("id = ?", after.Note.ID).Scan(ctx)
		return "note", fmt.Sprintf("%v (on %s)", note.Params["text"], e.EntityType), err
	case crm.TagAdded:
		return "tag", fmt.Sprintf("+%s (on %s)", after.Tag.Name, e.EntityType), nil
	case crm.TagDeleted:
		return "tag", fmt.Sprintf("-%s (on %s)", before.Tag.Name, e.EntityType), nil
	case crm.SaleChanged:
		return "price", crm.FormatPrice(after.Sale.Minor()), nil
	case crm.NameChanged:
		return "name", fmt.Sprintf("%s (on %s)", after.Name.Name, e.EntityType), nil
	case crm.FieldChanged:
		return w.tellField(ctx, tx, e, after.Field)
	case crm.RunChanged:
		return "run", tellRun(e.EntityID, after.Run), nil
	case crm.TalkWasClosed:
		return "talk", "closed", nil
	case crm.ChatChanged:
		return tellChat(after.Chat)
	}
	return "", "", nil
}

func (w *World) tellMessage(ctx context.Context, tx *db.Tx, e crm.Event, after *crm.EventValue) (who, text string, err error) {
	var m crm.Message
	if err := tx.NewSelect().Model(&m).Where("seq = ?", e.EntityID).Scan(ctx); err != nil {
		return "", "", err
	}
	if e.Type == crm.MessageStatusChanged {
		return tellStatus(after.Message.Status, m)
	}
	text = m.Text
	for _, b := range m.Buttons {
		if b.URL != "" {
			text += fmt.Sprintf(" [%s: %s]", b.Text, b.URL)
		} else {
			text += fmt.Sprintf(" [%s]", b.Text)
		}
	}
	for _, f := range m.Files {
		text += fmt.Sprintf(" (%s %s)", f.Type, cmp.Or(f.Name, f.URL, f.ID))
	}
	switch m.AuthorKind {
	case crm.ByUser:
		return "manager", text, nil
	case crm.ByBot:
		return "bot", text, nil
	}
	if m.Button != "" {
		text = "[" + text + "]"
	}
	return "client", text, nil
}

// tellStatus tells what became of a message, if that is not what everybody hopes for.
func tellStatus(status crm.MessageStatus, m crm.Message) (who, text string, err error) {
	if status == crm.MessageFailed || status == crm.MessageUnknown {
		return "message", fmt.Sprintf("%s: %s (%s)", status, m.Text, m.Error), nil
	}
	return "", "", nil
}

func (w *World) tellField(ctx context.Context, tx *db.Tx, e crm.Event, after *crm.FieldPart) (who, text string, err error) {
	var field crm.CustomField
	if err := tx.NewSelect().Model(&field).Where("id = ?", after.FieldID).Scan(ctx); err != nil {
		return "", "", err
	}
	texts := make([]string, len(after.Values))
	for i, v := range after.Values {
		texts[i] = fmt.Sprint(v.Value)
	}
	return "field", fmt.Sprintf("%s = %s (on %s)", field.Name, strings.Join(texts, ", "), e.EntityType), nil
}

func tellRun(id int64, after *crm.RunPart) string {
	text := fmt.Sprintf("%d %s", id, after.Status)
	if after.Step != "" && !bot.RunStatus(after.Status).Final() {
		text += " at " + after.Step
	}
	if after.Reason != "" {
		text += ": " + after.Reason
	}
	return text
}

func tellChat(after *crm.ChatPart) (who, text string, err error) {
	if after.TakenOverBy == nil {
		return "", "", nil
	}
	if *after.TakenOverBy == 0 {
		return "chat", "handed back to the bots", nil
	}
	return "chat", "taken over by a manager", nil
}
