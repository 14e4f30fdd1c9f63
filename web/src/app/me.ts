import { queryOptions, useQuery } from "@tanstack/react-query";
import { keys } from "../api/keys";
import { getAccount } from "../api/session";
import { listUsers } from "../api/users";

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: getAccount,
  staleTime: Number.POSITIVE_INFINITY,
});
export const usersQuery = queryOptions({ queryKey: keys.users, queryFn: listUsers, staleTime: 300_000 });

export function useAccount() {
  return useQuery(meQuery).data;
}

/** The user who is signed in; undefined until the users are here. */
export function useMe() {
  const id = useAccount()?.current_user_id;
  return useQuery(usersQuery).data?.find((user) => user.id === id);
}

/** The users by id; 0, the robot, is not among them. */
export function useUserName(): (id: number) => string {
  const users = useQuery(usersQuery).data ?? [];
  return (id) => (id === 0 ? "Robot" : (users.find((user) => user.id === id)?.name ?? `User ${id}`));
}
