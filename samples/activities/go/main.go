// Command go is a worker with an activity of its own for Salesbot's bots. It registers the activity when it starts:
//
//	SALESBOT_URL=http://127.0.0.1:8080 SALESBOT_TOKEN=sb_… TEMPORAL_ADDRESS=127.0.0.1:7233 go run ./samples/activities/go
//
// A bot names it in a step of the kind activity: {"name":"ScoreLead","input":{"price":"{{lead.price}}"},"result_as":"score"}.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

const taskQueue = "scoring-go"

// registration is what people who draw bots see of the activity.
const registration = `{"title":"Score a lead","help":"Grades a lead by its price.","task_queue":"` + taskQueue + `",
	"input_schema":{"type":"object","properties":{"price":{"type":"number","title":"Price"}},"required":["price"]},
	"output_schema":{"type":"object","properties":{"points":{"type":"integer"},"grade":{"enum":["A","B"]}}}}`

// call is the activity's argument; what the bot's author entered is in Input.
type call struct {
	// IdempotencyKey is the same in every attempt: pass it on to whatever must happen once.
	IdempotencyKey string `json:"idempotency_key"`
	LeadID         int64  `json:"lead_id"`
	Input          struct {
		Price float64 `json:"price"`
	} `json:"input"`
}

type score struct {
	Points int    `json:"points"`
	Grade  string `json:"grade"`
}

// scoreLead fails for good with a type for which the step may have an exit of its own; any other error is tried again.
func scoreLead(_ context.Context, c call) (score, error) {
	switch {
	case c.Input.Price <= 0:
		return score{}, temporal.NewNonRetryableApplicationError("a lead without a price can't be scored", "NoPrice", nil)
	case c.Input.Price >= 1000:
		return score{Points: 90, Grade: "A"}, nil
	}
	return score{Points: 40, Grade: "B"}, nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	if err := register(ctx, "ScoreLead"); err != nil {
		return err
	}
	options, err := envconfig.LoadDefaultClientOptions() // TEMPORAL_ADDRESS and its kin
	if err != nil {
		return err
	}
	connection, err := client.Dial(options)
	if err != nil {
		return err
	}
	defer connection.Close()
	w := worker.New(connection, taskQueue, worker.Options{DisableWorkflowWorker: true})
	w.RegisterActivityWithOptions(scoreLead, activity.RegisterOptions{Name: "ScoreLead"})
	return w.Run(worker.InterruptCh())
}

func register(ctx context.Context, name string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, os.Getenv("SALESBOT_URL")+"/api/v4/activities/"+name, bytes.NewReader([]byte(registration)))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("SALESBOT_TOKEN"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		return fmt.Errorf("register %s: %s: %s", name, response.Status, text)
	}
	return nil
}
