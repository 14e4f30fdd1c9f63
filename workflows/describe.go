package workflows

import (
	"fmt"
	"strings"
	"time"

	"salesbot/bot"
)

// QueryState is the query that tells where the runs of a conversation stand.
const QueryState = "state"

// Description is the answer to the query.
type Description struct {
	Subject bot.Subject      `json:"subject"`
	Runs    []RunDescription `json:"runs"`
	// Busy says that mail was handled of which the database does not know yet.
	Busy bool `json:"busy,omitempty"`
}

// RunDescription is one run in it.
type RunDescription struct {
	RunID      int64      `json:"run_id"`
	BotID      int64      `json:"bot_id"`
	Bot        string     `json:"bot"`
	Step       string     `json:"step"`
	Visit      int        `json:"visit"`
	WaitingFor string     `json:"waiting_for,omitempty"`
	Until      *time.Time `json:"until,omitempty"`
	Paused     string     `json:"paused,omitempty"`
	Unread     int        `json:"unread,omitempty"`
	// Busy says that a step is under way; else the run waits or is held.
	Busy bool `json:"busy,omitempty"`
}

func (c *conversation) describe() (Description, error) {
	d := Description{Subject: c.state.Subject, Busy: len(c.keeper.handled) > 0}
	for _, r := range c.runs {
		if !r.ended {
			d.Runs = append(d.Runs, r.describe())
		}
	}
	return d, nil
}

func (r *run) describe() RunDescription {
	d := RunDescription{RunID: r.state.Launch.RunID, BotID: r.state.Launch.BotID, Bot: r.document.Name, Step: r.state.Step, Visit: r.state.Visit, Unread: len(r.state.Inbox), Busy: !r.settled()}
	if wait := r.state.Wait; wait != nil {
		d.WaitingFor, d.Until = wait.For, optionalTime(wait.Until)
	}
	if r.state.Paused != nil {
		d.Paused = r.state.Paused.Reason
	}
	return d
}

// details is the text that Temporal UI shows as the conversation's current details, a line a run.
func (c *conversation) details() string {
	var lines []string
	for _, r := range c.runs {
		d := r.describe()
		line := fmt.Sprintf("**%s** (run %d): step **%s**", d.Bot, d.RunID, r.Step().Label())
		if d.WaitingFor != "" {
			line += ", waits for " + d.WaitingFor
		}
		if d.Until != nil {
			line += " until " + d.Until.UTC().Format("2006-01-02 15:04:05 UTC")
		}
		if d.Paused != "" {
			line += ", paused: " + d.Paused
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n\n")
}
