package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/swaggest/jsonschema-go"
	"github.com/swaggest/openapi-go"
	"github.com/swaggest/openapi-go/openapi31"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"salesbot/crm"
	"salesbot/db"
)

//go:generate go run ./genopenapi openapi.json

// OpenAPI is the API's description, made from the routes' Go types: an OpenAPI 3.1 document as indented JSON.
func OpenAPI() ([]byte, error) { return New(Deps{Store: new(db.Store)}).openAPI() }

func (s *Server) openAPI() ([]byte, error) {
	reflector := openapi31.NewReflector()
	reflector.DefaultOptions = append(reflector.DefaultOptions, jsonschema.InterceptDefName(schemaName), jsonschema.InterceptProp(markRequired))
	spec := reflector.SpecEns()
	spec.Info.WithTitle("Salesbot API").WithVersion("4").
		WithDescription(fmt.Sprintf("A CRM with durable bots. Paths, shapes and errors follow Kommo's API v4 where it has them. "+
			"A text that is sent holds at most %d characters where its field names no other maxLength.", maxText))
	spec.SetHTTPBearerTokenSecurity("token", "", "A token made by `salesbot token create`, or under /api/v4/tokens.")
	spec.SetAPIKeySecurity("session", cookieName, openapi.InCookie, "The web app's login, POST /api/session.")
	for _, op := range s.operations {
		if err := describe(reflector, op); err != nil {
			return nil, fmt.Errorf("describe %s %s: %w", op.Method, op.Path, err)
		}
	}
	return json.MarshalIndent(spec, "", "  ")
}

func describe(reflector *openapi31.Reflector, op documented) error {
	oc, err := reflector.NewOperationContext(op.Method, op.Path)
	if err != nil {
		return err
	}
	oc.SetID(op.ID)
	oc.SetTags(op.Tag)
	oc.SetSummary(op.Summary)
	oc.SetDescription(describeRole(op.Operation))
	if _, none := op.params.(None); !none {
		oc.AddReqStructure(op.params)
	}
	if _, none := op.body.(None); !none {
		oc.AddReqStructure(op.body, openapi.WithContentType("application/json"))
	}
	problems := []int{http.StatusBadRequest}
	if op.Repeat == Keyed {
		oc.AddReqStructure(keyHeader{})
		problems = append(problems, http.StatusConflict, http.StatusUnprocessableEntity)
	}
	describeAnswer(oc, op)
	if op.Role != Public {
		oc.AddSecurity("token")
		oc.AddSecurity("session")
		problems = append(problems, http.StatusUnauthorized, http.StatusForbidden)
	}
	for _, status := range problems {
		oc.AddRespStructure(Problem{}, openapi.WithHTTPStatus(status), openapi.WithContentType("application/problem+json"))
	}
	describePassing(oc, op.Operation)
	return reflector.AddOperation(oc)
}

// retryHeader describes the header.
type retryHeader struct {
	After int `header:"Retry-After" description:"How many seconds to wait before the same request is sent again; retry_after in the body."`
}

// describePassing tells of the refusals that pass: every operation needs the database, and some have a limit.
func describePassing(oc openapi.OperationContext, op Operation) {
	passing := []int{http.StatusServiceUnavailable}
	if op.Limited {
		passing = append(passing, http.StatusTooManyRequests)
	}
	for _, status := range passing {
		oc.AddRespStructure(Problem{}, openapi.WithHTTPStatus(status), openapi.WithContentType("application/problem+json"))
		oc.AddRespStructure(retryHeader{}, openapi.WithHTTPStatus(status), openapi.WithContentType("application/problem+json"))
	}
}

func describeAnswer(oc openapi.OperationContext, op documented) {
	status := op.Status
	if _, none := op.answer.(None); none {
		if status == 0 {
			status = http.StatusNoContent
		}
		oc.AddRespStructure(nil, openapi.WithHTTPStatus(status))
		return
	}
	if status == 0 {
		status = http.StatusOK
	}
	kind := "application/hal+json"
	if op.Stream {
		kind = "text/event-stream"
	}
	oc.AddRespStructure(op.answer, openapi.WithHTTPStatus(status), openapi.WithContentType(kind))
	if _, ok := op.answer.(emptier); ok {
		oc.AddRespStructure(nil, openapi.WithHTTPStatus(http.StatusNoContent))
	}
}

func describeRole(op Operation) string {
	if op.Role != crm.Administrator {
		return op.Description
	}
	return strings.TrimSpace(op.Description + "\n\nNeeds the role administrator.")
}

var typeArguments = regexp.MustCompile(`\[.*\]$`)

// schemaName gives generic types a readable name: Collection[api.botsEmbedded] is BotsList.
func schemaName(t reflect.Type, name string) string {
	if argument := typeArguments.FindString(t.Name()); argument != "" {
		inner := argument[strings.LastIndexAny(argument, ".[")+1 : len(argument)-1]
		return exported(strings.TrimSuffix(inner, "Embedded")) + "List"
	}
	return exported(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, "Api"), "Crm"), "JSON"))
}

// markRequired: a field that is always written, or has to be given, is one whose JSON tag does not leave it out.
func markRequired(params jsonschema.InterceptPropParams) error {
	if !params.Processed || params.ParentSchema == nil || params.Field.Type.Kind() == reflect.Pointer {
		return nil
	}
	tag, ok := params.Field.Tag.Lookup("json")
	if ok && !strings.Contains(tag, ",omit") && !slices.Contains(params.ParentSchema.Required, params.Name) {
		params.ParentSchema.Required = append(params.ParentSchema.Required, params.Name)
	}
	return nil
}

func exported(name string) string {
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// reference serves the description and a page that shows it; the page's files are in the binary.
func (s *Server) reference() {
	const specPath = "/api/v4/openapi.json"
	s.echo.GET(specPath, func(c echo.Context) error {
		document, err := s.openAPI()
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "application/json", document)
	})
	page := v5emb.NewHandlerWithConfig(swgui.Config{Title: "Salesbot API", SwaggerJSON: specPath, BasePath: "/api/docs/"})
	s.echo.GET("/api/docs", func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, "/api/docs/") })
	s.echo.GET("/api/docs/*", echo.WrapHandler(page))
}
