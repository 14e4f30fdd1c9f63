package bottest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// scratch is where the databases of tests live for a moment: in memory, if the system has a folder for that.
func scratch() string {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		return memory
	}
	return ""
}

// template is an empty account's database, made once a process: migrating takes longer than most scripts.
var template = sync.OnceValues(func() ([]byte, error) {
	ctx := context.Background()
	folder, err := os.MkdirTemp(scratch(), "bottest-")
	if err != nil {
		return nil, fmt.Errorf("make room for the test's database: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file := filepath.Join(folder, "template.db")
	store, err := db.Open(ctx, db.Options{URL: "sqlite://" + file, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	err = store.Migrate(ctx)
	if err == nil {
		err = store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
	}
	if closeErr := store.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func copyTemplate(file string) error {
	content, err := template()
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600)
}

// furnish makes what the bots need: a manager, the client's channel, the stages that the bots name, the bots.
func (w *World) furnish() error {
	return w.store.Change(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if w.user, err = tx.AddUser(ctx, db.NewUser{Name: "Manager", Email: "manager@example.com", Role: crm.Manager}); err != nil {
			return err
		}
		for name, value := range w.options.Settings {
			if err := tx.SetSetting(ctx, name, value); err != nil {
				return err
			}
		}
		for name, value := range w.options.Secrets {
			if err := tx.PutSecret(ctx, w.actor(), name, value); err != nil {
				return fmt.Errorf("the script's secret %s: %w", name, err)
			}
		}
		if err := w.addForeign(ctx, tx); err != nil {
			return err
		}
		pipeline, err := w.addStages(ctx, tx)
		if err != nil {
			return err
		}
		channel := crm.Channel{Kind: w.options.Channel, Name: w.options.Channel, PipelineID: pipeline, IsActive: true}
		if w.channel, err = tx.CreateChannel(ctx, w.actor(), channel, nil); err != nil {
			return err
		}
		for _, document := range w.options.Documents {
			if err := w.addBot(ctx, tx, document); err != nil {
				return err
			}
		}
		return w.addTrigger(ctx, tx)
	})
}

// addStages adds those stages to the main pipeline that the bots name and that a new account lacks.
func (w *World) addStages(ctx context.Context, tx *db.Tx) (pipelineID int64, err error) {
	pipelines, err := w.store.Pipelines(ctx)
	if err != nil || len(pipelines) == 0 {
		return 0, err
	}
	pipelineID = pipelines[0].ID
	stages, err := w.store.Stages(ctx, pipelineID)
	if err != nil {
		return 0, err
	}
	there := map[string]bool{}
	for _, s := range stages {
		there[bot.Fold(s.Name)] = true
	}
	for _, name := range stageNames(w.options.Documents) {
		if there[bot.Fold(name)] {
			continue
		}
		there[bot.Fold(name)] = true
		if _, err := tx.CreateStage(ctx, w.actor(), crm.Stage{PipelineID: pipelineID, Name: name}); err != nil {
			return 0, err
		}
	}
	return pipelineID, nil
}

func stageNames(documents []bot.Document) []string {
	var names []string
	for _, document := range documents {
		for _, step := range document.Steps {
			var config struct {
				Stage string `json:"stage"`
			}
			if step.Kind == "change_stage" && json.Unmarshal(step.Config, &config) == nil && config.Stage != "" {
				names = append(names, config.Stage)
			}
		}
	}
	return names
}

func (w *World) addBot(ctx context.Context, tx *db.Tx, document bot.Document) error {
	draft, err := json.Marshal(document)
	if err != nil {
		return err
	}
	b, err := tx.CreateBot(ctx, w.actor(), document.Name, draft)
	if err != nil {
		return err
	}
	if _, err := tx.PublishBot(ctx, w.actor(), b.ID, b.Revision); err != nil {
		return err
	}
	w.bots = append(w.bots, b)
	return nil
}

func (w *World) addTrigger(ctx context.Context, tx *db.Tx) error {
	kind := cmp.Or(crm.TriggerKind(w.options.Trigger), crm.TriggerTalkStarted)
	switch kind {
	case crm.TriggerTalkStarted, crm.TriggerMessage, crm.TriggerNoBot:
	case "none":
		return nil
	default:
		return fmt.Errorf("there is no trigger %q; write talk_started, message, no_bot_running or none", kind)
	}
	if len(w.bots) == 0 {
		return nil
	}
	_, err := tx.AddTrigger(ctx, w.actor(), crm.Trigger{BotID: w.bots[0].ID, Kind: kind})
	return err
}
