package crm_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoResultDependsOnTheOrderOfEvaluation: in `return lead, move(&lead)` Go does not say whether the first result is
// read before or after the call (specification, order of evaluation). The call stands on a line of its own instead.
func TestNoResultDependsOnTheOrderOfEvaluation(t *testing.T) {
	t.Parallel()
	returns := 0
	each(t, "..", func(path string, node ast.Node) {
		if r, ok := node.(*ast.ReturnStmt); ok {
			returns++
			assert.Empty(t, changedMeanwhile(r), "%s: a result is read and changed in the same return", path)
		}
	})
	require.Greater(t, returns, 1000)
}

func TestChangedMeanwhileFinds(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"return x, f(&x)": "x", "return f(&x), x": "x", "return x.Y, f(&x)": "x", "return *x, f(x)": "x", "return *x, x.f()": "x",
		"return x, f(func() { x = 1 })": "x", "return T{A: x}, f(1, &x)": "x", "return *x, f(&x)": "x", "return x, g(f(&x))": "x",
		"return x, f(x)": "", "return &x, f(&x)": "", "return x, f(&y)": "", "return f(&x), nil": "", "return x": "", "return f(&x), f(&x)": "",
		"return *x, f(*x)": "", "return x, x.f()": "",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func h() { "+body+" }", parser.SkipObjectResolution)
		require.NoError(t, err)
		r := file.Decls[0].(*ast.FuncDecl).Body.List[0].(*ast.ReturnStmt)
		require.Equal(t, want, changedMeanwhile(r), body)
	}
}

// changedMeanwhile is a variable that one result reads and a call in another result may change, or "".
func changedMeanwhile(r *ast.ReturnStmt) string {
	for i, changing := range r.Results {
		for j, reading := range r.Results {
			if i == j {
				continue
			}
			for name, how := range read(reading) {
				if changes(changing, name, how) {
					return name
				}
			}
		}
	}
	return ""
}

// reads is how a variable is read: itself, or what it points at.
type reads struct{ itself, pointedAt bool }

// read are the variables that an expression reads outside of calls; what a call reads it reads when it runs.
func read(e ast.Expr) map[string]reads {
	all := map[string]reads{}
	ast.Inspect(e, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr, *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			return node.Op != token.AND
		case *ast.SelectorExpr:
			ast.Inspect(node.X, func(inner ast.Node) bool { note(all, inner); return true })
			return false
		case *ast.KeyValueExpr:
			ast.Inspect(node.Value, func(inner ast.Node) bool { note(all, inner); return true })
			return false
		case ast.Node:
			note(all, node)
		}
		return true
	})
	return all
}

func note(all map[string]reads, node ast.Node) {
	switch node := node.(type) {
	case *ast.StarExpr:
		if x, ok := node.X.(*ast.Ident); ok {
			how := all[x.Name]
			how.pointedAt = true
			all[x.Name] = how
		}
	case *ast.Ident:
		how := all[node.Name]
		how.itself = true
		all[node.Name] = how
	}
}

// changes says whether a call in the expression gets the variable's address, the pointer itself, or a function that sets it.
func changes(e ast.Expr, name string, how reads) bool {
	found := false
	ast.Inspect(e, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			for _, argument := range node.Args {
				found = found || addresses(argument, name) || how.pointedAt && isNamed(argument, name)
			}
			if method, ok := node.Fun.(*ast.SelectorExpr); ok {
				found = found || how.pointedAt && isNamed(method.X, name)
			}
		case *ast.AssignStmt:
			for _, to := range node.Lhs {
				found = found || isNamed(to, name) || addressed(to) == name
			}
		}
		return !found
	})
	return found
}

func addresses(e ast.Expr, name string) bool {
	of, ok := e.(*ast.UnaryExpr)
	return ok && of.Op == token.AND && (isNamed(of.X, name) || addressed(of.X) == name)
}

// addressed is the variable of which a selector takes a part.
func addressed(e ast.Expr) string {
	if selector, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := selector.X.(*ast.Ident); ok {
			return x.Name
		}
		return addressed(selector.X)
	}
	return ""
}

func isNamed(e ast.Expr, name string) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == name
}
