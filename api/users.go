package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) userRoutes() {
	const tag = "Users"
	register(s, Operation{ID: "listUsers", Method: http.MethodGet, Path: "/api/v4/users", Tag: tag, Role: crm.Manager, Summary: "List users"}, s.listUsers)
	register(s, Operation{ID: "getUser", Method: http.MethodGet, Path: "/api/v4/users/{id}", Tag: tag, Role: crm.Manager, Summary: "Get a user"}, s.getUser)
	register(s, Operation{ID: "addUsers", Method: http.MethodPost, Repeat: Another, Path: "/api/v4/users", Tag: tag, Role: crm.Administrator,
		Status: http.StatusCreated, Summary: "Add users", Description: "At most 10 at once."}, s.addUsers)
	register(s, Operation{ID: "updateUser", Method: http.MethodPatch, Path: "/api/v4/users/{id}", Tag: tag, Role: crm.Administrator,
		Summary: "Change a user", Description: "A new password, and being switched off, end the user's sessions and unused login links."}, s.updateUser)
	register(s, Operation{ID: "makeLoginLink", Method: http.MethodPost, Repeat: Another, Path: "/api/v4/users/{id}/login_link", Tag: tag, Role: crm.Administrator,
		Summary: "Make a login link", Description: "It lets the user in once, within 24 hours."}, s.makeLoginLink)
}

// maxUsers is Kommo's limit of users in one request.
const maxUsers = 10

type userJSON struct {
	ID     int64      `json:"id"`
	Name   string     `json:"name"`
	Email  string     `json:"email"`
	Lang   string     `json:"lang"`
	Role   crm.Role   `json:"role"`
	Rights userRights `json:"rights"`
	Links  Links      `json:"_links"`
}

type userRights struct {
	IsAdmin  bool `json:"is_admin"`
	IsActive bool `json:"is_active"`
	IsFree   bool `json:"is_free"`
}

type usersEmbedded struct {
	Users []userJSON `json:"users"`
}

func showUser(ctx context.Context, u crm.User) userJSON {
	return userJSON{ID: u.ID, Name: u.Name, Email: u.Email, Lang: u.Language, Role: u.Role,
		Rights: userRights{IsAdmin: u.Role == crm.Administrator, IsActive: u.IsActive},
		Links:  selfLink(ctx, fmt.Sprintf("/users/%d", u.ID))}
}

func (s *Server) listUsers(ctx context.Context, p Paging, _ None) (Collection[usersEmbedded], error) {
	list, next, err := s.Store.Users(ctx, p.store())
	return collection(ctx, p, len(list), next, usersEmbedded{Users: showAll(ctx, list, showUser)}), err
}

func (s *Server) getUser(ctx context.Context, p byID, _ None) (userJSON, error) {
	user, err := s.Store.User(ctx, p.ID)
	return showUser(ctx, user), err
}

type newUser struct {
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Password string   `json:"password,omitempty"`
	Lang     string   `json:"lang,omitempty"`
	Role     crm.Role `json:"role,omitempty" enum:"administrator,manager"`
}

func (s *Server) addUsers(ctx context.Context, _ None, body []newUser) (Collection[usersEmbedded], error) {
	if err := checkItems(len(body), maxUsers); err != nil {
		return Collection[usersEmbedded]{}, err
	}
	var added []crm.User
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		added = nil
		for i, u := range body {
			if u.Role == "" {
				u.Role = crm.Manager
			}
			user, err := tx.AddUser(ctx, db.NewUser{Name: u.Name, Email: u.Email, Password: u.Password, Language: u.Lang, Role: u.Role})
			if err != nil {
				return itemFailed(strconv.Itoa(i), err)
			}
			added = append(added, user)
		}
		return nil
	})
	return whole(ctx, len(added), usersEmbedded{Users: showAll(ctx, added, showUser)}), err
}

type userPatch struct {
	Name     *string   `json:"name,omitempty"`
	Email    *string   `json:"email,omitempty"`
	Password *string   `json:"password,omitempty"`
	Lang     *string   `json:"lang,omitempty"`
	Role     *crm.Role `json:"role,omitempty" enum:"administrator,manager"`
	IsActive *bool     `json:"is_active,omitempty"`
}

func (s *Server) updateUser(ctx context.Context, p byID, body userPatch) (userJSON, error) {
	var user crm.User
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		user, err = tx.UpdateUser(ctx, p.ID, db.UserChange{Name: body.Name, Email: body.Email, Password: body.Password,
			Language: body.Lang, Role: body.Role, IsActive: body.IsActive})
		return err
	})
	return showUser(ctx, user), err
}

type loginLinkJSON struct {
	URL string `json:"url"`
}

func (s *Server) makeLoginLink(ctx context.Context, p byID, _ None) (loginLinkJSON, error) {
	if _, err := s.Store.User(ctx, p.ID); err != nil {
		return loginLinkJSON{}, err
	}
	var secret string
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		secret, err = tx.NewLoginLink(ctx, p.ID)
		return err
	})
	return loginLinkJSON{URL: callerOf(ctx).base + LoginPath(secret)}, err
}

// LoginPath is the page that spends a login link's secret.
func LoginPath(secret string) string { return "/login?token=" + secret }
