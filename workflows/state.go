package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/steps"
)

// stateSchema is the version of State; a newer program reads older ones, an older program refuses newer ones.
const stateSchema = 1

// readable makes the workflow wait for a newer program if the state is of one: its task fails, and is done again until it is
// given to a program that can read the state. Going on with half of it would lose the rest.
func (s *State) readable() {
	if s.Schema > stateSchema {
		panic(fmt.Sprintf("the conversation's state has schema %d and this program reads up to %d: it waits for the newer program that wrote it", s.Schema, stateSchema))
	}
	s.Schema = stateSchema
}

// State is all that a conversation knows. It is the workflow's input, empty at the start, and travels whole through
// every continue-as-new.
type State struct {
	Schema  int         `json:"schema"`
	Subject bot.Subject `json:"subject"`
	// Seen are the keys of the mail that was handled, newest last, bounded by seenLimit. States from before mail had keys
	// hold bare numbers, which are far smaller than any key.
	Seen []int64 `json:"seen,omitempty"`
	// Runs are those that have not ended, oldest first.
	Runs []*RunState `json:"runs,omitempty"`
	// Unheard are messages that came when no run was left to hear them.
	Unheard []bot.Message `json:"unheard,omitempty"`
	// Stamp is that of the state which the database has; empty if none was kept yet.
	Stamp string `json:"stamp,omitempty"`
	// Outdated counts the workflow runs in a row that found the database in another state and changed nothing.
	Outdated int `json:"outdated,omitempty"`
}

// RunState is one run as it stands.
type RunState struct {
	// Launch is what started it: its row, the version that it is pinned to, its chat.
	Launch bot.Launch `json:"launch"`
	// Parent is the run that waits for this one to end; 0 for a run of its own.
	Parent int64 `json:"parent,omitempty"`
	// Settings are the bot's, as soon as its version is loaded.
	Settings bot.Settings `json:"settings,omitzero"`
	// Step is where it stands; Visit counts the steps that it has visited.
	Step  string `json:"step"`
	Visit int    `json:"visit"`
	// Rules is the interpreter's version under which the current visit began; its journal was written by these rules. 0 is any
	// from before 6.
	Rules workflow.Version `json:"rules,omitempty"`
	// Journal is what the current visit's verbs returned so far. After a continue-as-new the step is run again from
	// its beginning and gets the same answers, until it stands where it stood.
	Journal []Entry `json:"journal,omitempty"`
	// Wait is what the visit waits for now, with its deadline as an absolute time.
	Wait *Wait `json:"wait,omitempty"`
	// Paused is set while a person holds the run.
	Paused *Pause `json:"paused,omitempty"`
	// Late is for how long the message was held up whose answer is waited for next; the wait's deadline moves by it.
	Late time.Duration `json:"late,omitempty"`
	// Values are the run's own, by placeholder name.
	Values bot.Values `json:"values,omitempty"`
	// Heard is the newest client message that the run has got.
	Heard *bot.Message `json:"heard,omitempty"`
	// Inbox are messages that came while a step was busy.
	Inbox []bot.Message `json:"inbox,omitempty"`
	// Offered is what ended the wait; the run takes it when it looks next.
	Offered *bot.Event `json:"offered,omitempty"`
	// SinceWait counts the steps since the run last waited.
	SinceWait int `json:"since_wait,omitempty"`
	// Trail are finished visits that are not on record yet; Current is the one under way.
	Trail   []bot.Visit `json:"trail,omitempty"`
	Current bot.Visit   `json:"current"`
	// Touched says that the current visit is not on record as it stands.
	Touched bool `json:"touched,omitempty"`
	// Early are messages of managers that came before the run knew its bot's settings.
	Early []bot.Message `json:"early,omitempty"`
	// Interrupt, if set, makes the step under way give up.
	Interrupt *Interrupt `json:"interrupt,omitempty"`
	// Recorded is what the run's row says.
	Recorded bot.Progress `json:"recorded,omitzero"`
}

// Entry is what one verb returned.
type Entry struct {
	// Verb is the verb's name; entries from before they were named have none.
	Verb    string          `json:"verb,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Refusal *steps.Refusal  `json:"refusal,omitempty"`
}

// Wait is a wait under way.
type Wait struct {
	bot.Wait
	// Child is the sub-bot's run whose end is waited for.
	Child int64 `json:"child,omitempty"`
}

// Interrupt is why a step gives up: the run ends with a status, or goes on at another step.
type Interrupt struct {
	Status bot.RunStatus `json:"status,omitempty"`
	Step   string        `json:"step,omitempty"`
	Reason string        `json:"reason,omitempty"`
}

// Pause is a hold by a person.
type Pause struct {
	Since time.Time `json:"since"`
	// Until is when the run goes on by itself; zero is never.
	Until  time.Time `json:"until,omitzero"`
	Reason string    `json:"reason"`
}

// seenLimit bounds the keys of handled mail that a workflow run keeps. Only mail that the database does not know to be
// handled is sent again, within minutes of its first sending; no lead gets this much in that time.
const seenLimit = 512

// firstTime notes that the mail was handled and says whether it is new.
func (s *State) firstTime(mail bot.Mail) bool {
	if slices.Contains(s.Seen, mail.Key()) || slices.Contains(s.Seen, mail.Seq) {
		return false
	}
	s.Seen = append(s.Seen, mail.Key())
	if over := len(s.Seen) - seenLimit; over > 0 {
		s.Seen = s.Seen[over:]
	}
	return true
}
