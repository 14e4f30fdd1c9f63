// Package record records the histories that the replay tests of workflows replay: real conversations on a real Temporal
// server. It is a package of its own so that the ordinary tests do without the server.
//
//	RECORD=1 go test ./workflows/record
//
// Histories must come from a released program: those that are recorded from the code under test prove nothing about it.
// So record a new kind once, and never record an old one again to make a test pass.
package record

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/codec"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
	"salesbot/embedded"
	"salesbot/postman"
	"salesbot/worker"
	"salesbot/workflows"
)

const folder = "../testdata/histories"

func TestRecord(t *testing.T) {
	if os.Getenv("RECORD") != "1" {
		t.Skip("RECORD=1 records histories that do not exist yet")
	}
	temporal := start(t)
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(folder, s.name+"__finished.json")); err == nil {
				t.Skip("it is recorded already; delete the files to record it anew")
			}
			record(t, temporal, s)
		})
	}
}

// start starts a server and connects to it as the product does, but under a name that tells nothing of this machine.
func start(t *testing.T, dial ...grpc.DialOption) client.Client {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	server, err := embedded.Start(t.Context(), embedded.Options{DataDir: t.TempDir(), SearchAttributes: workflows.SearchAttributes(), Logger: quiet})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	converter, err := codec.DataConverter(nil)
	require.NoError(t, err)
	c, err := client.Dial(client.Options{HostPort: server.Address(), Identity: "recorder", DataConverter: converter, Logger: sdklog.NewStructuredLogger(quiet),
		ConnectionOptions: client.ConnectionOptions{DialOptions: dial}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// studio is one scenario's account.
type studio struct {
	t        *testing.T
	store    *db.Store
	temporal client.Client
	channel  crm.Channel
	bots     []int64
	said     int
	lead     int64
	provider *provider
	name     string
	outage   dbtest.Outage
	// stopWorker ends the worker that is at work.
	stopWorker func()
}

// record plays the scenario until it is parked, writes the history, plays the rest, and writes it again.
func record(t *testing.T, temporal client.Client, s scenario) {
	st := open(t, temporal, s)
	st.say("hi")
	st.play(s.parked)
	st.write(s.name + "__parked")
	st.play(s.rest)
	st.await(func(runs []crm.Run) bool {
		return len(runs) > 0 && !slices.ContainsFunc(runs, func(r crm.Run) bool { return r.EndedAt == nil })
	})
	st.write(s.name + "__finished")
}

func open(t *testing.T, temporal client.Client, s scenario) *studio {
	t.Helper()
	url := dbtest.SQLiteURL(t)
	store := dbtest.Open(t, url)
	st := &studio{t: t, store: store, temporal: temporal, provider: &provider{}, name: s.name, outage: dbtest.MoveAway(t, strings.TrimPrefix(url, "sqlite://"))}
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		require.NoError(t, tx.EnsureDefaults(ctx))
		// Leads get numbers of their own in every scenario: the server is shared, and a lead's number names the workflow.
		_, err := tx.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES ('leads', ?)", s.number*100)
		require.NoError(t, err)
		_, err = tx.PutCustomActivity(ctx, crm.Actor{}, crm.CustomActivity{Name: "ScoreLead", Title: "Score", TaskQueue: "scoring",
			InputSchema: json.RawMessage(`{"type":"object","properties":{"price":{"type":"number"}}}`), OutputSchema: json.RawMessage(`{}`)})
		require.NoError(t, err)
		st.channel, err = tx.CreateChannel(ctx, crm.Actor{}, crm.Channel{Kind: s.kind(), Name: "Chat", PipelineID: 1, IsActive: true}, nil)
		require.NoError(t, err)
		for _, document := range s.bots {
			st.bots = append(st.bots, st.publish(ctx, tx, document))
		}
		if s.trigger != "" {
			if _, err := tx.AddTrigger(ctx, crm.Actor{}, crm.Trigger{BotID: st.bots[1], Kind: s.trigger}); err != nil {
				return err
			}
		}
		_, err = tx.AddTrigger(ctx, crm.Actor{}, crm.Trigger{BotID: st.bots[0], Kind: crm.TriggerTalkStarted})
		return err
	}))
	st.startWorker()
	t.Cleanup(func() { st.stopWorker() })
	st.startForeignWorker()
	ctx, cancel := context.WithCancel(context.Background())
	post := postman.New(store, temporal, slog.New(slog.DiscardHandler))
	done := make(chan struct{})
	go func() { defer close(done); _ = post.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return st
}

func (st *studio) startWorker() {
	st.t.Helper()
	ended := func(ctx context.Context, id, run string) (string, error) {
		return postman.EndedByHand(ctx, st.temporal, id, run)
	}
	a := &activities.Activities{Store: st.store, Channels: map[string]channels.Channel{livechat.Kind: livechat.Channel{}, outsideKind: st.provider}, Outside: &http.Client{Transport: shop{}},
		EndedByHand: ended}
	w, err := worker.New(st.temporal, a, worker.Options{})
	require.NoError(st.t, err)
	require.NoError(st.t, w.Start())
	st.stopWorker = sync.OnceFunc(w.Stop)
}

// startForeignWorker does custom activities.
func (st *studio) startForeignWorker() {
	st.t.Helper()
	w := sdkworker.New(st.temporal, "scoring", sdkworker.Options{DisableWorkflowWorker: true})
	w.RegisterActivityWithOptions(func(context.Context, bot.CustomInput) (map[string]int, error) {
		return map[string]int{"points": 90}, nil
	}, activity.RegisterOptions{Name: "ScoreLead"})
	require.NoError(st.t, w.Start())
	st.t.Cleanup(w.Stop)
}

func (st *studio) publish(ctx context.Context, tx *db.Tx, document string) int64 {
	var doc bot.Document
	require.NoError(st.t, json.Unmarshal([]byte(document), &doc))
	b, err := tx.CreateBot(ctx, crm.Actor{}, doc.Name, json.RawMessage(document))
	require.NoError(st.t, err)
	_, err = tx.PublishBot(ctx, crm.Actor{}, b.ID, b.Revision)
	require.NoError(st.t, err)
	return b.ID
}

// play does what the words say: "say TEXT"; "rest STEP" and "held STEP" wait until a run waits or is paused there, "ended
// STATUS" until one has ended so; "continue" makes it continue as new; "away TIME" takes the database away; all else is a command.
func (st *studio) play(actions []string) {
	for _, action := range actions {
		verb, value, _ := strings.Cut(action, " ")
		switch verb {
		case "say":
			st.say(value)
		case "rest":
			st.awaitAt(value, bot.RunWaiting)
		case "held":
			st.awaitAt(value, bot.RunPaused)
		case "ended":
			st.await(func(runs []crm.Run) bool {
				return slices.ContainsFunc(runs, func(r crm.Run) bool { return r.Status == value })
			})
		case "continue":
			st.continueAsNew()
		case "away":
			lasting, err := time.ParseDuration(value)
			require.NoError(st.t, err)
			st.outage.Begin()
			<-time.After(lasting)
			st.outage.End()
		default:
			st.command(verb, value)
		}
	}
}

func (st *studio) say(text string) { st.lead = st.sayAs("client-1", text) }

// sayAs says it for a client, and gives the lead.
func (st *studio) sayAs(client, text string) int64 {
	st.said++
	accepted, err := st.store.Accept(st.t.Context(), st.channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: client, ClientID: fmt.Sprint(st.said), Text: text,
		Profile: crm.Profile{Name: "Ann Client"}, At: time.Now()})
	require.NoError(st.t, err)
	return accepted.Chat.LeadID
}

func (st *studio) command(verb, value string) {
	run := st.run()
	require.NoError(st.t, st.store.Change(st.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		switch verb {
		case "answer":
			return tx.AnswerRun(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, run.ID, run.Visit, json.RawMessage(value))
		case "launch":
			_, err := tx.LaunchRun(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, db.Launch{BotID: st.bots[1], Subject: bot.Subject{LeadID: st.lead}, By: "user"})
			return err
		case "take_over":
			return tx.TakeOver(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, st.lead, 1)
		case "hand_back":
			return tx.HandBack(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, st.lead)
		}
		_, err := tx.ControlRun(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, run.ID, bot.Control{Command: bot.Command(verb), Step: value})
		return err
	}))
}

// run is the newest run that is alive.
func (st *studio) run() crm.Run {
	runs := st.runs(db.RunFilter{Alive: true})
	require.NotEmpty(st.t, runs)
	return runs[0]
}

func (st *studio) runs(filter db.RunFilter) []crm.Run {
	runs, _, err := st.store.Runs(st.t.Context(), filter, db.Paging{Limit: 10})
	require.NoError(st.t, err)
	return runs
}

// continueAsNew sends mail that was seen long ago until the history is long enough, and writes that history.
func (st *studio) continueAsNew() {
	st.t.Helper()
	id := bot.Subject{LeadID: st.lead}.WorkflowID()
	st.quiet(id)
	d, err := st.temporal.DescribeWorkflowExecution(st.t.Context(), id, "")
	require.NoError(st.t, err)
	run := d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	for i := range int64(100) {
		require.NoError(st.t, st.temporal.SignalWorkflow(st.t.Context(), id, run, bot.SignalReceipt, bot.Receipt{Mail: bot.Mail{Seq: -i - 1}}))
	}
	st.awaitEvent(id, run, func(e *historypb.HistoryEvent) bool {
		return e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
	})
	st.writeHistory(id, run, st.name+"__continued")
	st.awaitEvent(id, "", func(e *historypb.HistoryEvent) bool {
		return e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
	})
}

func (st *studio) awaitAt(step string, status bot.RunStatus) {
	st.t.Helper()
	st.await(func(runs []crm.Run) bool {
		return slices.ContainsFunc(runs, func(r crm.Run) bool { return r.Step == step && r.Status == string(status) })
	})
}

func (st *studio) await(there func(runs []crm.Run) bool) {
	st.t.Helper()
	require.Eventually(st.t, func() bool { return there(st.runs(db.RunFilter{})) }, 30*time.Second, 20*time.Millisecond)
}

// write waits until the server has nothing to do for the conversation and writes its history.
func (st *studio) write(name string) {
	st.t.Helper()
	id := bot.Subject{LeadID: st.lead}.WorkflowID()
	st.quiet(id)
	st.writeHistory(id, "", name)
}

func (st *studio) quiet(id string) {
	st.t.Helper()
	require.Eventually(st.t, func() bool {
		d, err := st.temporal.DescribeWorkflowExecution(st.t.Context(), id, "")
		return err == nil && d.GetPendingWorkflowTask() == nil && len(d.GetPendingActivities()) == 0
	}, 30*time.Second, 50*time.Millisecond)
}

func (st *studio) writeHistory(id, run, name string) {
	st.t.Helper()
	history := &historypb.History{Events: st.history(id, run)}
	data, err := protojson.MarshalOptions{Indent: " "}.Marshal(history)
	require.NoError(st.t, err)
	machine, err := os.Hostname()
	require.NoError(st.t, err)
	text := strings.ReplaceAll(string(data), `"`+machine+":", `"recorder:`) // the sticky queue is named by the machine
	require.NoError(st.t, os.WriteFile(filepath.Join(folder, name+".json"), []byte(text+"\n"), 0o644))
}

// history is what happened in the workflow run so far; no run id is the newest.
func (st *studio) history(id, run string) (list []*historypb.HistoryEvent) {
	st.t.Helper()
	events := st.temporal.GetWorkflowHistory(st.t.Context(), id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(st.t, err)
		list = append(list, event)
	}
	return list
}

// shop answers every webhook.
type shop struct{}

func (shop) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(`{"status":"fine"}`)), Request: r}, nil
}
