package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// parked measures what waiting conversations cost: memory of this process, and turns among them.
func parked(ctx context.Context, out io.Writer, target Target, f fixture, o Options) error {
	if o.Parked == 0 {
		return nil
	}
	fmt.Fprintf(out, "With %d conversations waiting for a day\n", o.Parked)
	const talking = 16
	few := o
	few.Conversations = []int{talking}
	before, _, err := compare(ctx, target, f, talking, few)
	if err != nil {
		return err
	}
	rss := residentMB()
	began := time.Now()
	if err := park(ctx, target, f.waiting, o.Parked); err != nil {
		return err
	}
	rate := float64(o.Parked) / time.Since(began).Seconds()
	runtime.GC()
	after, _, err := compare(ctx, target, f, talking, few)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  started %.0f/s   memory %d → %d MB\n  %d talk: before %s\n  %d talk: after  %s\n\n", rate, rss, residentMB(), talking, before, talking, after)
	return nil
}

func park(ctx context.Context, target Target, botID int64, n int) error {
	const batch = 100
	for done := 0; done < n; done += batch {
		err := target.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return launch(ctx, tx, botID, min(batch, n-done)) })
		if err != nil {
			return err
		}
	}
	return allWaiting(ctx, target, botID, n)
}

func launch(ctx context.Context, tx *db.Tx, botID int64, n int) error {
	by := crm.Actor{Kind: crm.BySystem}
	pipeline, err := tx.MainPipeline(ctx)
	if err != nil {
		return err
	}
	stage, err := tx.IncomingStage(ctx, pipeline.ID)
	if err != nil {
		return err
	}
	for range n {
		lead, err := tx.CreateLead(ctx, by, crm.Lead{Name: "Bench", PipelineID: pipeline.ID, StageID: stage.ID})
		if err != nil {
			return err
		}
		if _, err := tx.LaunchRun(ctx, by, db.Launch{BotID: botID, Subject: bot.Subject{LeadID: lead.ID}, By: "api"}); err != nil {
			return err
		}
	}
	return nil
}

func allWaiting(ctx context.Context, target Target, botID int64, n int) error {
	deadline := time.Now().Add(10 * time.Minute)
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for time.Now().Before(deadline) {
		waiting, err := target.Store.WaitingRuns(ctx, botID)
		if err != nil {
			return err
		}
		if waiting >= n {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("not all of %d conversations came to wait within ten minutes", n)
}

// residentMB is this process's resident memory in megabytes, as Linux tells it; 0 elsewhere.
func residentMB() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kb / 1024
		}
	}
	return 0
}
