package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// conversationRow is what a conversation must not forget.
type conversationRow struct {
	bun.BaseModel `bun:"table:conversations"`

	WorkflowID string `bun:",pk"`
	Stamp      string
	State      string
	UpdatedAt  time.Time
}

// keep writes a conversation's state and forgets the mail that the state knows of. It refuses, by an error of code Outdated, a
// state that does not follow on what is there, and mail that is not there: somebody has set the database back, or Temporal.
// A repeat, whose stamp is there already, is written again: the task that it comes from was cut off. A nil keep is of a
// conversation that began before states were kept.
func (tx *Tx) keep(ctx context.Context, k *bot.Keep) error {
	kept, err := tx.keepNext(ctx, k)
	if err != nil || kept {
		return err
	}
	return crm.Errorf(crm.Outdated, "%s goes on from another state than the database has", k.WorkflowID)
}

// keepRepeated is keep for a change that was made already: by then the state may have gone on, and stays as it is.
func (tx *Tx) keepRepeated(ctx context.Context, k *bot.Keep) error {
	_, err := tx.keepNext(ctx, k)
	return err
}

func (tx *Tx) keepNext(ctx context.Context, k *bot.Keep) (kept bool, err error) {
	if k == nil {
		return true, nil
	}
	kept, repeated, err := tx.putState(ctx, k)
	if err != nil {
		return false, fmt.Errorf("keep the state of %s: %w", k.WorkflowID, err)
	}
	if !kept || repeated {
		return kept, nil
	}
	if err := tx.forgetSeen(ctx, k); err != nil {
		return false, err
	}
	return true, tx.forgetHandled(ctx, k)
}

// putState replaces the state that the given one follows on, or repeats, and says whether it was there.
func (tx *Tx) putState(ctx context.Context, k *bot.Keep) (kept, repeated bool, err error) {
	row := &conversationRow{WorkflowID: k.WorkflowID, Stamp: k.Stamp, State: string(k.State), UpdatedAt: tx.Now}
	switch {
	case len(k.State) == 0 && k.Before == "":
		there, err := tx.NewSelect().Model(row).WherePK().Exists(ctx)
		return !there, false, err
	case len(k.State) == 0:
		kept, err = affected(tx.NewDelete().Model(row).WherePK().Where("stamp = ?", k.Before).Exec(ctx))
		return kept, false, err
	case k.Before == "":
		kept, err = affected(tx.NewInsert().Model(row).On("CONFLICT (workflow_id) DO NOTHING").Exec(ctx))
	default:
		kept, err = affected(tx.NewUpdate().Model(row).WherePK().Where("stamp = ?", k.Before).Exec(ctx))
	}
	if err != nil || kept {
		return kept, false, err
	}
	repeated, err = affected(tx.NewUpdate().Model(row).WherePK().Where("stamp = ?", k.Stamp).Exec(ctx))
	return repeated, repeated, err
}

func affected(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// forgetSeen forgets the mail that the conversation handled before it kept its state.
func (tx *Tx) forgetSeen(ctx context.Context, k *bot.Keep) error {
	if len(k.Seen) == 0 {
		return nil
	}
	var letters []Letter
	if err := tx.NewSelect().Model(&letters).Column("seq", "created_at").Where("workflow_id = ?", k.WorkflowID).Scan(ctx); err != nil {
		return fmt.Errorf("look for handled mail: %w", err)
	}
	var seqs []int64
	for _, l := range letters {
		mail := bot.Mail{Seq: l.Seq, At: l.CreatedAt}
		if slices.Contains(k.Seen, mail.Key()) || slices.Contains(k.Seen, l.Seq) {
			seqs = append(seqs, l.Seq)
		}
	}
	if len(seqs) == 0 {
		return nil
	}
	_, err := tx.NewDelete().Model((*Letter)(nil)).Where("seq IN (?)", bun.List(seqs)).Exec(ctx)
	return err
}

// forgetHandled forgets the mail that the state knows of. All of it must be there, written at the very time that the
// conversation knows: numbers are given out again after the database was set back.
func (tx *Tx) forgetHandled(ctx context.Context, k *bot.Keep) error {
	var seqs []int64
	keys := map[int64]bool{}
	for _, m := range k.Handled {
		if m.Seq > 0 { // the others are news that came by no mail
			seqs = append(seqs, m.Seq)
			keys[m.Key()] = true
		}
	}
	if len(seqs) == 0 {
		return nil
	}
	var gone []Letter
	_, err := tx.NewDelete().Model(&gone).Where("workflow_id = ?", k.WorkflowID).Where("seq IN (?)", bun.List(seqs)).Returning("seq, created_at").Exec(ctx, &gone)
	if err != nil {
		return fmt.Errorf("forget handled mail: %w", err)
	}
	for _, l := range gone {
		mail := bot.Mail{Seq: l.Seq, At: l.CreatedAt}
		delete(keys, mail.Key())
	}
	if len(keys) > 0 {
		return crm.Errorf(crm.Outdated, "%s was given mail that the database does not have, or that was handled before", k.WorkflowID)
	}
	return nil
}

// KeepState writes a conversation's state without any other change, such as when it handled mail that changed nothing.
func (s *Store) KeepState(ctx context.Context, k bot.Keep) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error { return tx.keep(ctx, &k) })
}

// KeptBy is the id of the workflow run that kept a conversation's state, if it has one and runs that are alive.
func (s *Store) KeptBy(ctx context.Context, subject bot.Subject) (runID string, ok bool, err error) {
	var stamp string
	err = s.read.NewSelect().Model((*conversationRow)(nil)).Column("stamp").Where("workflow_id = ?", subject.WorkflowID()).
		Where("EXISTS (SELECT 1 FROM runs WHERE runs.workflow_id = conversation_row.workflow_id AND runs.ended_at IS NULL)").Scan(ctx, &stamp)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read who kept the state of %s: %w", subject.WorkflowID(), err)
	}
	return bot.StampedBy(stamp), true, nil
}

// mailSettles is how long ago mail may have been sent that started the conversation which now asks for it.
const mailSettles = time.Minute

// adoptedMail is how much mail a conversation is given at once that begins; the postman brings the rest.
const adoptedMail = 200

// Adopt reads what a conversation has to go on with that begins.
func (s *Store) Adopt(ctx context.Context, subject bot.Subject) (bot.Adopted, error) {
	var adopted bot.Adopted
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		adopted = bot.Adopted{}
		var row conversationRow
		err := tx.NewSelect().Model(&row).Where("workflow_id = ?", subject.WorkflowID()).Scan(ctx)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read the state of %s: %w", subject.WorkflowID(), err)
		}
		adopted.Stamp, adopted.State = row.Stamp, json.RawMessage(row.State)
		begins, err := tx.firstLaunch(ctx, subject)
		if err != nil {
			return err
		}
		launching, err := tx.adoptMail(ctx, subject, begins, &adopted)
		if err != nil {
			return err
		}
		return tx.adoptRuns(ctx, subject, launching, &adopted)
	})
	return adopted, err
}

// firstLaunch is the number of the letter that launches the first run which has not begun, or noLaunch. Nothing from there on
// was handled, however long ago it was sent: Temporal may have been down, or overloaded, since.
func (tx *Tx) firstLaunch(ctx context.Context, subject bot.Subject) (int64, error) {
	var starting []int64
	err := tx.NewSelect().Model((*crm.Run)(nil)).Column("id").Where("workflow_id = ?", subject.WorkflowID()).Where("ended_at IS NULL").
		Where("status = ?", bot.RunStarting).Scan(ctx, &starting)
	if err != nil || len(starting) == 0 {
		return noLaunch, err
	}
	var launches []Letter
	err = tx.NewSelect().Model(&launches).Where("workflow_id = ?", subject.WorkflowID()).Where("signal = ?", bot.SignalLaunch).Order("seq").Scan(ctx)
	if err != nil {
		return noLaunch, fmt.Errorf("read the launches of %s: %w", subject.WorkflowID(), err)
	}
	for _, l := range launches {
		if id, ok := l.launches(); ok && slices.Contains(starting, id) {
			return l.Seq, nil
		}
	}
	return noLaunch, nil
}

// noLaunch is a letter's number that none has.
const noLaunch = math.MaxInt64

// launches is the run that a letter launches, also if the rest of it can't be read.
func (l Letter) launches() (runID int64, ok bool) {
	var launch struct {
		RunID int64 `json:"run_id"`
	}
	if l.Signal != bot.SignalLaunch || json.Unmarshal(l.Payload, &launch) != nil {
		return 0, false
	}
	return launch.RunID, launch.RunID != 0
}

// adoptMail reads the mail that no state knows of, and says which runs it launches. What is too much is sent again. Without
// a state, mail from before the number begins counts as handled unless it was sent just now: conversations that began before
// states were kept have left theirs behind.
func (tx *Tx) adoptMail(ctx context.Context, subject bot.Subject, begins int64, adopted *bot.Adopted) (launching map[int64]bool, err error) {
	var letters []Letter
	q := tx.NewSelect().Model(&letters).Where("workflow_id = ?", subject.WorkflowID()).Order("seq").Limit(adoptedMail + 1)
	if adopted.Stamp == "" {
		q = q.Where("(sent_at IS NULL OR sent_at > ? OR seq >= ?)", tx.Now.Add(-mailSettles), begins)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the mail of %s: %w", subject.WorkflowID(), err)
	}
	if len(letters) > adoptedMail {
		letters = letters[:adoptedMail]
		if err := tx.sendAgain(ctx, subject.WorkflowID(), letters[adoptedMail-1].Seq); err != nil {
			return nil, err
		}
	}
	launching = map[int64]bool{}
	for _, l := range letters {
		if id, ok := l.launches(); ok {
			launching[id] = true
		}
		adopted.Letters = append(adopted.Letters, bot.SentLetter{Seq: l.Seq, At: l.CreatedAt, Signal: l.Signal, Payload: l.Payload})
	}
	return launching, nil
}

func (tx *Tx) sendAgain(ctx context.Context, workflowID string, after int64) error {
	_, err := tx.NewUpdate().Model((*Letter)(nil)).Set("sent_at = NULL").Where("workflow_id = ?", workflowID).Where("seq > ?", after).Exec(ctx)
	if err != nil {
		return fmt.Errorf("send mail again: %w", err)
	}
	tx.mailTo = append(tx.mailTo, workflowID)
	return nil
}

// adoptRuns reads the runs that are alive, and how sub-bots ended.
func (tx *Tx) adoptRuns(ctx context.Context, subject bot.Subject, launching map[int64]bool, adopted *bot.Adopted) error {
	runs, err := tx.AliveRuns(ctx, subject.WorkflowID())
	if err != nil {
		return err
	}
	adopted.Parents = map[int64]int64{}
	for _, run := range runs {
		if launching[run.ID] {
			continue
		}
		launch, err := tx.launchOf(ctx, run)
		if err != nil {
			return err
		}
		adopted.Alive = append(adopted.Alive, launch)
		if run.ParentID != 0 {
			adopted.Parents[run.ID] = run.ParentID
		}
	}
	if len(adopted.Alive) == 0 {
		return nil
	}
	return tx.endedSubBots(ctx, subject, adopted)
}

// launchOf is the launch of a run where it stands on record.
func (tx *Tx) launchOf(ctx context.Context, run crm.Run) (bot.Launch, error) {
	place, err := tx.placeOf(ctx, subjectOf(run), run.ChatID)
	if err != nil && crm.CodeOf(err) != crm.NotFound { // a deleted lead's runs are held, and end by the mail that says so
		return bot.Launch{}, err
	}
	return bot.Launch{RunID: run.ID, Birth: run.Birth, BotID: run.BotID, VersionID: run.VersionID, ChatID: run.ChatID, ChannelKind: place.channelKind,
		PipelineID: place.pipelineID, Step: run.Step, Visit: run.Visit}, nil
}

func (tx *Tx) endedSubBots(ctx context.Context, subject bot.Subject, adopted *bot.Adopted) error {
	const newest = 100
	var runs []crm.Run
	err := tx.NewSelect().Model(&runs).Column("id", "status").Where("workflow_id = ?", subject.WorkflowID()).Where("parent_id <> 0").
		Where("ended_at IS NOT NULL").Order("id DESC").Limit(newest).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read how sub-bots of %s ended: %w", subject.WorkflowID(), err)
	}
	adopted.Ended = map[int64]bot.RunStatus{}
	for _, run := range runs {
		adopted.Ended[run.ID] = bot.RunStatus(run.Status)
	}
	return nil
}
