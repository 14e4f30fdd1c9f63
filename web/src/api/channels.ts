import { list, request } from "./request";
import type { Channel } from "./types";

export const listChannels = async () => (await list<Channel>("/api/v4/channels", "channels")).items;

export interface ChannelInput {
  kind: string;
  name: string;
  is_active?: boolean;
  pipeline_id?: number;
  settings?: Record<string, unknown>;
  /** Write-only: the server keeps them encrypted and never answers them. */
  secrets?: Record<string, string>;
}

export const createChannel = (channel: ChannelInput) =>
  request<Channel>("POST", "/api/v4/channels", { body: channel });

export const updateChannel = (id: number, patch: Partial<ChannelInput>) =>
  request<Channel>("PATCH", `/api/v4/channels/${id}`, { body: patch });
