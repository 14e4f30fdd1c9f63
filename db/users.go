package db

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"salesbot/crm"
)

// The shortest and longest password; bcrypt reads no more than 72 bytes.
const (
	minPassword = 8
	maxPassword = 72
)

// maxUserName is Kommo's limit for a user's name, in characters.
const maxUserName = 50

// NewUser is a user to be made. Password may be empty: then only a login link lets the person in.
type NewUser struct {
	Name, Email, Password, Language string
	Role                            crm.Role
}

// AddUser makes an active user. The e-mail is kept in lower case and is unique.
func (tx *Tx) AddUser(ctx context.Context, u NewUser) (crm.User, error) {
	user := crm.User{Name: strings.TrimSpace(u.Name), Email: crm.FoldEmail(u.Email), Role: u.Role, Language: u.Language, IsActive: true,
		CreatedAt: tx.Now, UpdatedAt: tx.Now}
	if err := checkUser(user); err != nil {
		return user, err
	}
	if u.Password != "" {
		var err error
		if user.PasswordHash, err = hashPassword(u.Password); err != nil {
			return user, err
		}
	}
	if err := tx.emailIsFree(ctx, user); err != nil {
		return user, err
	}
	if _, err := tx.NewInsert().Model(&user).Exec(ctx); err != nil {
		return user, fmt.Errorf("add user: %w", err)
	}
	return user, nil
}

// UserChange is what UpdateUser changes; nil leaves a field as it is.
type UserChange struct {
	Name, Email, Password, Language *string
	Role                            *crm.Role
	IsActive                        *bool
}

// UpdateUser changes a user. A new password, and being switched off, end the user's
// sessions and unused login links. The last active
// administrator keeps the role: without one nobody could give it back.
func (tx *Tx) UpdateUser(ctx context.Context, id int64, change UserChange) (crm.User, error) {
	var user crm.User
	err := tx.lock(tx.NewSelect().Model(&user).Where("id = ?", id)).Scan(ctx)
	if err := found(err, "user", id); err != nil {
		return user, err
	}
	wasAdministrator := user.Role == crm.Administrator && user.IsActive
	set(&user.Name, change.Name)
	set(&user.Language, change.Language)
	set(&user.Role, change.Role)
	set(&user.IsActive, change.IsActive)
	if change.Email != nil {
		user.Email = crm.FoldEmail(*change.Email)
	}
	if err := checkUser(user); err != nil {
		return user, err
	}
	if err := tx.emailIsFree(ctx, user); err != nil {
		return user, err
	}
	if change.Password != nil {
		if user.PasswordHash, err = hashPassword(*change.Password); err != nil {
			return user, err
		}
	}
	if wasAdministrator && (user.Role != crm.Administrator || !user.IsActive) {
		if err := tx.anotherAdministrator(ctx, id); err != nil {
			return user, err
		}
	}
	user.UpdatedAt = tx.Now
	if _, err := tx.NewUpdate().Model(&user).WherePK().Exec(ctx); err != nil {
		return user, fmt.Errorf("update user %d: %w", id, err)
	}
	if change.Password != nil || !user.IsActive {
		err = tx.endLogins(ctx, id)
	}
	return user, err
}

// anotherAdministrator locks the others, so that two who take the role from each other at once can't both succeed.
func (tx *Tx) anotherAdministrator(ctx context.Context, id int64) error {
	var others []int64
	err := tx.lock(tx.NewSelect().Model((*crm.User)(nil)).Column("id").Where("role = ?", crm.Administrator).Where("is_active = ?", true).
		Where("id <> ?", id).Order("id")).Scan(ctx, &others)
	if err != nil {
		return fmt.Errorf("look for another administrator: %w", err)
	}
	if len(others) == 0 {
		return crm.FieldError("role", "this is the last active administrator; make another one first")
	}
	return nil
}

func (tx *Tx) emailIsFree(ctx context.Context, user crm.User) error {
	taken, err := tx.NewSelect().Model((*crm.User)(nil)).Where("email = ?", user.Email).Where("id <> ?", user.ID).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for e-mail: %w", err)
	}
	if taken {
		return crm.FieldError("email", "another user has this e-mail address")
	}
	return nil
}

// User finds a user by id.
func (s *Store) User(ctx context.Context, id int64) (crm.User, error) {
	var user crm.User
	err := s.read.NewSelect().Model(&user).Where("id = ?", id).Scan(ctx)
	return user, found(err, "user", id)
}

// UserIDByEmail finds a user as CheckPassword does; 0 if there is none.
func (s *Store) UserIDByEmail(ctx context.Context, email string) (id int64, err error) {
	err = s.read.NewSelect().Model((*crm.User)(nil)).Column("id").Where("email = ?", crm.FoldEmail(email)).Scan(ctx, &id)
	if err := found(err, "user", email); crm.CodeOf(err) != crm.NotFound {
		return id, err
	}
	return 0, nil
}

// Users lists the users by id, with the cursor of the next page.
func (s *Store) Users(ctx context.Context, paging Paging) ([]crm.User, string, error) {
	return pageByID(ctx, s.read, paging, false, nil, func(u crm.User) int64 { return u.ID })
}

// CountUsers says how many users there are; 0 on a first start.
func (s *Store) CountUsers(ctx context.Context) (int64, error) {
	n, err := s.read.NewSelect().Model((*crm.User)(nil)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count users: %w", err)
	}
	return n, nil
}

// absentUser is compared with when there is no such user, so that the answer takes as long as for one that exists.
var absentUser = []byte("$2a$10$7EqJtq98hPqEX7fNZaFWoOhi5B0Q5n8mFv1oG8o1hM0yC1p2G0v9e")

// CheckPassword finds the active user with that e-mail and password. The error does not say which of the two is wrong.
func (s *Store) CheckPassword(ctx context.Context, email, password string) (crm.User, error) {
	var user crm.User
	err := s.read.NewSelect().Model(&user).Where("email = ?", crm.FoldEmail(email)).Scan(ctx)
	if err := found(err, "user", email); err != nil && crm.CodeOf(err) != crm.NotFound {
		return user, err
	}
	hash := []byte(user.PasswordHash)
	if len(hash) == 0 {
		hash = absentUser
	}
	if bcrypt.CompareHashAndPassword(hash, []byte(password)) != nil || user.ID == 0 || !user.IsActive {
		return crm.User{}, crm.Errorf(crm.Unauthorized, "Invalid user name or password")
	}
	return user, nil
}

func checkUser(u crm.User) error {
	if n := utf8.RuneCountInString(u.Name); n == 0 || n > maxUserName {
		return crm.FieldError("name", "must have 1 to %d characters", maxUserName)
	}
	if address, err := mail.ParseAddress(u.Email); err != nil || address.Address != u.Email {
		return crm.FieldError("email", "%q is no e-mail address", u.Email)
	}
	if !u.Role.Valid() {
		return crm.FieldError("role", "must be %s or %s", crm.Administrator, crm.Manager)
	}
	return nil
}

func hashPassword(password string) (string, error) {
	if len(password) < minPassword || len(password) > maxPassword {
		return "", crm.FieldError("password", "must have %d to %d bytes", minPassword, maxPassword)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return string(hash), nil
}
