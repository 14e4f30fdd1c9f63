package main

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
)

// A change is what an operator proposes: this stretch of the source becomes now.
type change struct {
	begin, end token.Pos
	now        string
}

// Comparisons, logic and arithmetic become their nearest neighbours: the mistakes that people make.
var otherOperator = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL,
}

// narrowing are the methods of bun's queries that may be left out of a chain without its ceasing to compile; each
// left out is a rule that is not kept.
var narrowing = map[string]bool{
	"Where": true, "WhereGroup": true, "Set": true, "Order": true, "OrderExpr": true, "Limit": true, "On": true, "For": true,
}

// changesOf lists the operators' proposals for one node; source gives the text of a node.
func changesOf(node ast.Node, source func(ast.Node) string) []change {
	switch n := node.(type) {
	case *ast.BinaryExpr:
		return otherOperators(n)
	case *ast.IfStmt:
		return otherwise(n, source)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			return []change{{n.Pos(), n.X.Pos(), ""}}
		}
	case *ast.BasicLit:
		return otherNumber(n)
	case *ast.Ident:
		return otherTruth(n)
	case *ast.ExprStmt:
		return forgottenCall(n, source)
	case *ast.AssignStmt:
		return forgottenAssignment(n)
	case *ast.ReturnStmt:
		return forgottenError(n)
	case *ast.BranchStmt:
		return otherBranch(n)
	case *ast.CallExpr:
		return leftOutOfChain(n, source)
	}
	return nil
}

// otherwise turns a condition round. Not that of `if err != nil`: any test at all notices, and it would flatter the score.
func otherwise(n *ast.IfStmt, source func(ast.Node) string) []change {
	condition := source(n.Cond)
	if condition == "err != nil" {
		return nil
	}
	return []change{{n.Cond.Pos(), n.Cond.End(), "!(" + condition + ")"}}
}

func otherOperators(n *ast.BinaryExpr) []change {
	other, ok := otherOperator[n.Op]
	// A comparison with nil is the condition of an if nearly always, which is turned round already.
	if name, isName := n.Y.(*ast.Ident); !ok || isName && name.Name == "nil" {
		return nil
	}
	return []change{{n.OpPos, n.OpPos + token.Pos(len(n.Op.String())), other.String()}}
}

func otherNumber(n *ast.BasicLit) []change {
	if n.Kind != token.INT {
		return nil
	}
	value, err := strconv.ParseInt(n.Value, 0, 64)
	if err != nil {
		return nil
	}
	return []change{{n.Pos(), n.End(), strconv.FormatInt(value+1, 10)}}
}

func otherTruth(n *ast.Ident) []change {
	switch n.Name {
	case "true":
		return []change{{n.Pos(), n.End(), "false"}}
	case "false":
		return []change{{n.Pos(), n.End(), "true"}}
	}
	return nil
}

// toALog matches what only tells: no test should depend on it.
var toALog = regexp.MustCompile(`^[\w.]*([lL]og|Logger\([^)]*\))\.(Debug|Info|Warn|Error)\(`)

func forgottenCall(n *ast.ExprStmt, source func(ast.Node) string) []change {
	if toALog.MatchString(source(n)) {
		return nil
	}
	return []change{{n.Pos(), n.End(), ""}}
}

// forgottenAssignment leaves out `x.y = z` and the like; a plain variable would only be "declared and not used".
func forgottenAssignment(n *ast.AssignStmt) []change {
	if n.Tok == token.DEFINE || len(n.Lhs) != 1 {
		return nil
	}
	return []change{{n.Pos(), n.End(), ""}}
}

// forgottenError returns nil instead of err.
func forgottenError(n *ast.ReturnStmt) []change {
	if len(n.Results) == 0 {
		return nil
	}
	last := n.Results[len(n.Results)-1]
	if name, ok := last.(*ast.Ident); !ok || name.Name != "err" {
		return nil
	}
	return []change{{last.Pos(), last.End(), "nil"}}
}

func otherBranch(n *ast.BranchStmt) []change {
	switch n.Tok {
	case token.BREAK:
		return []change{{n.TokPos, n.TokPos + 5, "continue"}}
	case token.CONTINUE:
		return []change{{n.TokPos, n.TokPos + 8, "break"}}
	}
	return nil
}

func leftOutOfChain(n *ast.CallExpr, source func(ast.Node) string) []change {
	method, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || !narrowing[method.Sel.Name] {
		return nil
	}
	if _, isChain := method.X.(*ast.CallExpr); !isChain {
		return nil
	}
	return []change{{n.Pos(), n.End(), source(method.X)}}
}
