package db

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"database/sql"

	"salesbot/bot"
	"salesbot/crm"
)

// Launch asks for a run of a bot's published version.
type Launch struct {
	BotID   int64
	Subject bot.Subject
	// ChatID is where it talks; empty is the subject's most recent chat.
	ChatID string
	// Message is the client's message that launches it, if one does.
	Message *bot.Message
	// By says what launches it: "user", "trigger", "api", "run".
	By string
	// ParentID is the run that starts it as a sub-bot; such a run gets no mail, its parent's conversation drives it.
	ParentID int64
	// CauseID is the run that causes the launch otherwise, by moving the lead to a stage; 0 if no run does.
	CauseID int64
	// Step is where it begins; empty is the document's start.
	Step string
}

// LaunchRun writes the run's row and the mail that starts it. It refuses a bot that is switched off, was never
// published or does not exist. A run that would go on with a circle of bots is refused, too: a sub-bot by an error, one
// that a stage launches by a row that says so.
func (tx *Tx) LaunchRun(ctx context.Context, actor crm.Actor, launch Launch) (crm.Run, error) {
	version, err := tx.publishedVersion(ctx, launch.BotID)
	if err != nil {
		return crm.Run{}, err
	}
	var document struct {
		Settings bot.Settings `json:"settings"`
	}
	if err := json.Unmarshal(version.Document, &document); err != nil {
		return crm.Run{}, fmt.Errorf("read version %d: %w", version.ID, err)
	}
	place, err := tx.placeOf(ctx, launch.Subject, launch.ChatID)
	if err != nil {
		return crm.Run{}, err
	}
	run := crm.Run{BotID: launch.BotID, VersionID: version.ID, LeadID: launch.Subject.LeadID, ContactID: place.contactID, ChatID: place.chatID,
		ParentID: launch.ParentID, WorkflowID: launch.Subject.WorkflowID(), Status: string(bot.RunStarting), Step: launch.Step,
		OnManagerReply: string(document.Settings.WithDefaults().OnManagerReply), LaunchedBy: launch.By, Birth: tx.newBirth(), CreatedAt: tx.Now, UpdatedAt: tx.Now}
	if launch.Message != nil {
		run.MessageID = launch.Message.ID
	}
	if err := tx.follow(ctx, &run, cmp.Or(launch.ParentID, launch.CauseID)); err != nil {
		if launch.ParentID != 0 || crm.CodeOf(err) != crm.Conflict {
			return crm.Run{}, err
		}
		return tx.refuseLaunch(ctx, actor, run, err.Error()) // nobody is there to be told
	}
	if _, err := tx.NewInsert().Model(&run).Exec(ctx); err != nil {
		return crm.Run{}, fmt.Errorf("write the run: %w", err)
	}
	if err := tx.runEvent(ctx, actor, run); err != nil {
		return crm.Run{}, err
	}
	if launch.ParentID != 0 {
		return run, nil
	}
	err = tx.post(ctx, launch.Subject, bot.SignalLaunch, bot.Launch{RunID: run.ID, Birth: run.Birth, BotID: run.BotID, VersionID: run.VersionID,
		ChatID: run.ChatID, ChannelKind: place.channelKind, PipelineID: place.pipelineID, Message: launch.Message, Step: launch.Step})
	if err != nil || launch.By == byTrigger {
		return run, err
	}
	// Whoever launches a bot leaves the client to the bots again.
	if err := tx.attend(ctx, chatsOfRun(run), false); err != nil {
		return run, err
	}
	return tx.holdIfTakenOver(ctx, actor, run)
}

// holdIfTakenOver: a bot that somebody launches in a chat that was taken over begins when the chat is handed back.
func (tx *Tx) holdIfTakenOver(ctx context.Context, actor crm.Actor, run crm.Run) (crm.Run, error) {
	taken, err := tx.NewSelect().Model((*crm.Chat)(nil)).Where("id = ?", run.ChatID).Where("taken_over_by <> 0").Exists(ctx)
	if err != nil || !taken {
		return run, err
	}
	run.Hold = string(bot.CommandTakeOver)
	if err := tx.setHold(ctx, run); err != nil {
		return run, err
	}
	return run, tx.post(ctx, subjectOf(run), bot.SignalControl, bot.Control{Command: bot.CommandTakeOver, RunID: run.ID, UserID: actor.UserID()})
}

func (tx *Tx) publishedVersion(ctx context.Context, botID int64) (crm.BotVersion, error) {
	var b crm.Bot
	err := tx.NewSelect().Model(&b).Where("id = ?", botID).Where("deleted_at IS NULL").Scan(ctx)
	if err := found(err, "bot", botID); err != nil {
		return crm.BotVersion{}, err
	}
	switch {
	case !b.IsActive:
		return crm.BotVersion{}, crm.Errorf(crm.Conflict, "bot %d (%s) is switched off; switch it on first", b.ID, b.Name)
	case b.VersionID == 0:
		return crm.BotVersion{}, crm.Errorf(crm.Conflict, "bot %d (%s) was never published; publish it first", b.ID, b.Name)
	}
	var version crm.BotVersion
	err = tx.NewSelect().Model(&version).Where("id = ?", b.VersionID).Scan(ctx)
	return version, found(err, "bot version", b.VersionID)
}

// place is where a run talks and whom it concerns.
type place struct {
	contactID, pipelineID int64
	chatID, channelKind   string
}

func (tx *Tx) placeOf(ctx context.Context, subject bot.Subject, chatID string) (place, error) {
	p := place{contactID: subject.ContactID, chatID: chatID}
	if subject.LeadID != 0 {
		var lead crm.Lead
		err := tx.NewSelect().Model(&lead).Where("id = ?", subject.LeadID).Where("deleted_at IS NULL").Scan(ctx)
		if err := found(err, "lead", subject.LeadID); err != nil {
			return p, err
		}
		p.pipelineID = lead.PipelineID
		err = tx.NewSelect().Model((*crm.LeadContact)(nil)).Column("contact_id").Where("lead_id = ?", lead.ID).Where("is_main = ?", true).Limit(1).Scan(ctx, &p.contactID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return p, fmt.Errorf("read the lead's contact: %w", err)
		}
	}
	err := tx.chatOf(ctx, subject, &p)
	return p, err
}

// chatOf fills in the chat and its channel's kind; no chat is no error.
func (tx *Tx) chatOf(ctx context.Context, subject bot.Subject, p *place) error {
	q := tx.NewSelect().TableExpr("chats").ColumnExpr("chats.id, channels.kind").Join("JOIN channels ON channels.id = chats.channel_id").Limit(1)
	switch {
	case p.chatID != "":
		q = q.Where("chats.id = ?", p.chatID)
	case subject.LeadID != 0:
		q = q.Where("chats.lead_id = ?", subject.LeadID).OrderExpr("chats.last_message_at DESC")
	default:
		q = q.Where("chats.contact_id = ?", subject.ContactID).OrderExpr("chats.last_message_at DESC")
	}
	err := q.Scan(ctx, &p.chatID, &p.channelKind)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the chat: %w", err)
	}
	return nil
}

// AliveRuns are the runs of a conversation that have not ended, oldest first.
func (tx *Tx) AliveRuns(ctx context.Context, workflowID string) ([]crm.Run, error) {
	var runs []crm.Run
	err := tx.NewSelect().Model(&runs).Where("workflow_id = ?", workflowID).Where("ended_at IS NULL").Order("id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the runs of %s: %w", workflowID, err)
	}
	return runs, nil
}

// lockRun reads a run and keeps others from changing it until the transaction ends.
func (tx *Tx) lockRun(ctx context.Context, id int64) (crm.Run, error) {
	var run crm.Run
	err := tx.lock(tx.NewSelect().Model(&run).Where("id = ?", id)).Scan(ctx)
	return run, found(err, "run", id)
}

// lockRunOf is lockRun for a conversation, which may know the run from a state of the database that was lost since. The
// error is then of code Outdated.
func (tx *Tx) lockRunOf(ctx context.Context, id int64, birth string) (crm.Run, error) {
	run, err := tx.lockRun(ctx, id)
	if crm.CodeOf(err) == crm.NotFound || (err == nil && birth != run.Birth) {
		return run, outdatedRun(id)
	}
	return run, err
}

func outdatedRun(id int64) error {
	return crm.Errorf(crm.Outdated, "the database was set back to an older state, and knows nothing of this run %d", id)
}

func (tx *Tx) runEvent(ctx context.Context, actor crm.Actor, run crm.Run) error {
	return tx.event(ctx, actor, crm.RunChangedEvent{Run: run})
}

// Version reads a published version.
func (s *Store) Version(ctx context.Context, id int64) (crm.BotVersion, error) {
	var version crm.BotVersion
	err := s.read.NewSelect().Model(&version).Where("id = ?", id).Scan(ctx)
	return version, found(err, "bot version", id)
}

// Run reads a run.
func (s *Store) Run(ctx context.Context, id int64) (crm.Run, error) {
	var run crm.Run
	err := s.read.NewSelect().Model(&run).Where("id = ?", id).Scan(ctx)
	return run, found(err, "run", id)
}

// WaitingRuns counts the runs of a bot that wait.
func (s *Store) WaitingRuns(ctx context.Context, botID int64) (int, error) {
	n, err := s.read.NewSelect().Model((*crm.Run)(nil)).Where("bot_id = ?", botID).Where("status = ?", bot.RunWaiting).Count(ctx)
	return int(n), err
}
