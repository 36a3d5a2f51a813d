-- What arandu 0.14.3 made by tests/adopting.
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
CREATE TABLE public.memory_attribute_registry (
    id uuid NOT NULL,
    key character varying(64) NOT NULL,
    status character varying(20) NOT NULL,
    value_type character varying(20) NOT NULL,
    conflict_policy character varying(20) NOT NULL,
    ttl_days integer,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_count integer NOT NULL,
    proposed_by character varying(20) NOT NULL,
    reason text,
    example_raw_key character varying(128),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone
);
CREATE TABLE public.memory_clusters (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    label character varying(128) NOT NULL,
    summary_text text,
    cluster_type character varying(32) NOT NULL,
    fact_count integer NOT NULL,
    importance double precision NOT NULL,
    embedding_vec public.vector(1536),
    is_active boolean NOT NULL,
    last_updated_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.memory_entities (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    canonical_key character varying(128) NOT NULL,
    display_name character varying(256),
    entity_type character varying(32) NOT NULL,
    summary_text text,
    embedding_vec public.vector(1536),
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    fact_count integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    importance_score double precision,
    summary_refreshed_at timestamp with time zone,
    profile_text text,
    profile_refreshed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.memory_entity_aliases (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    alias character varying NOT NULL,
    canonical_entity_key character varying NOT NULL,
    canonical_entity_type character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.memory_entity_relationships (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    source_entity_key character varying(128) NOT NULL,
    target_entity_key character varying(128) NOT NULL,
    rel_type character varying(64) NOT NULL,
    strength double precision NOT NULL,
    evidence_fact_id uuid,
    provenance character varying(16) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    valid_from timestamp with time zone DEFAULT now() NOT NULL,
    valid_to timestamp with time zone,
    invalidated_at timestamp with time zone
);
CREATE TABLE public.memory_events (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    session_id text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    text text NOT NULL,
    source character varying NOT NULL,
    importance double precision NOT NULL,
    embedding jsonb,
    embedding_vec public.vector(1536),
    trace_json jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    emotion_primary character varying(32),
    emotion_intensity double precision,
    energy_level character varying(16)
);
CREATE TABLE public.memory_fact_entity_links (
    id uuid NOT NULL,
    fact_id uuid NOT NULL,
    entity_key character varying NOT NULL,
    is_primary boolean DEFAULT false NOT NULL,
    agent_id text NOT NULL
);
CREATE TABLE public.memory_facts (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    entity_type character varying NOT NULL,
    entity_key character varying NOT NULL,
    entity_name character varying,
    attribute_key character varying,
    value_json jsonb,
    value_text character varying,
    fact_text text DEFAULT ''::text NOT NULL,
    category character varying(50),
    confidence double precision NOT NULL,
    importance double precision NOT NULL,
    is_sensitive boolean NOT NULL,
    needs_confirmation boolean NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    ttl_days integer,
    source_event_id uuid,
    supersedes_fact_id uuid,
    embedding jsonb,
    embedding_vec public.vector(1536),
    last_confirmed_at timestamp with time zone,
    cluster_id uuid,
    times_retrieved integer DEFAULT 0 NOT NULL,
    last_retrieved_at timestamp with time zone,
    user_correction_count integer DEFAULT 0 NOT NULL,
    source_context character varying(512),
    speaker character varying,
    agent_annotation text,
    search_vector tsvector,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ingested_at timestamp with time zone DEFAULT now() NOT NULL,
    invalidated_at timestamp with time zone,
    vitality_score double precision,
    is_stale boolean DEFAULT false NOT NULL
);
CREATE TABLE public.memory_intentions (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    trigger_type character varying(16) NOT NULL,
    trigger_condition text NOT NULL,
    intended_action text NOT NULL,
    due_date timestamp with time zone,
    status character varying(16) NOT NULL,
    trigger_embedding_vec public.vector(1536),
    source_context character varying(32),
    outcome_note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    triggered_at timestamp with time zone,
    fulfilled_at timestamp with time zone
);
CREATE TABLE public.memory_meta_observations (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    observation_type character varying(32) NOT NULL,
    title character varying(256) NOT NULL,
    text text NOT NULL,
    supporting_event_ids jsonb NOT NULL,
    supporting_fact_ids jsonb NOT NULL,
    confidence double precision NOT NULL,
    importance double precision NOT NULL,
    first_detected_at timestamp with time zone DEFAULT now() NOT NULL,
    last_reinforced_at timestamp with time zone DEFAULT now() NOT NULL,
    times_reinforced integer NOT NULL,
    is_active boolean NOT NULL,
    embedding_vec public.vector(1536),
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.session_observations (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    content text NOT NULL,
    topic character varying(64),
    entities_mentioned jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    referenced_at timestamp with time zone,
    relative_offset character varying(64),
    source_message_ids jsonb NOT NULL,
    is_active boolean NOT NULL,
    merged_into_id uuid,
    emotion_label character varying(32),
    embedding_vec public.vector(1536)
);
INSERT INTO public.memory_entities VALUES ('00000000-0001-4000-8000-000000000001', 'ada', 'person:carlos_silva', 'Carlos Silva', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 11:00:00.123456+00', 1, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000000-0001-4000-8000-000000000002', 'ada', 'person:ada', 'Ada', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 12:00:00.123456+00', 2, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000000-0001-4000-8000-000000000003', 'ada', 'place:sao_paulo', 'São Paulo', 'place', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 13:00:00.123456+00', 3, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000001-0001-4000-8000-000000000001', 'Bob''s agent: ü', 'person:carlos_silva', 'Carlos Silva', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 11:00:00.123456+00', 1, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000001-0001-4000-8000-000000000002', 'Bob''s agent: ü', 'person:ada', 'Ada', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 12:00:00.123456+00', 2, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000001-0001-4000-8000-000000000003', 'Bob''s agent: ü', 'place:sao_paulo', 'São Paulo', 'place', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 13:00:00.123456+00', 3, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entity_aliases VALUES ('4b1d9322-0b54-45e6-907c-d24338e4d05e', 'ada', 'carlos', 'person:carlos_silva', 'person', '2026-11-30 06:35:14.944556+00');
INSERT INTO public.memory_entity_aliases VALUES ('8911e663-2fd8-46b4-8734-1a0a99dcfbcd', 'Bob''s agent: ü', 'carlos', 'person:carlos_silva', 'person', '2026-11-30 06:35:14.944556+00');
INSERT INTO public.memory_entity_relationships VALUES ('00000000-0004-4000-8000-000000000000', 'ada', 'person:ada', 'place:sao_paulo', 'lives_in', 0.7, '00000000-0003-4000-8000-000000000000', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, '2026-01-03 10:00:00.123456+00');
INSERT INTO public.memory_entity_relationships VALUES ('00000000-0004-4000-8000-000000000001', 'ada', 'person:ada', 'person:carlos_silva', 'knows', 0.7, '00000000-0003-4000-8000-000000000001', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_entity_relationships VALUES ('00000000-0004-4000-8000-000000000002', 'ada', 'person:ada', 'person:ada', 'is', 0.7, '00000000-0003-4000-8000-000000000002', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_entity_relationships VALUES ('00000001-0004-4000-8000-000000000000', 'Bob''s agent: ü', 'person:ada', 'place:sao_paulo', 'lives_in', 0.7, '00000001-0003-4000-8000-000000000000', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, '2026-01-03 10:00:00.123456+00');
INSERT INTO public.memory_entity_relationships VALUES ('00000001-0004-4000-8000-000000000001', 'Bob''s agent: ü', 'person:ada', 'person:carlos_silva', 'knows', 0.7, '00000001-0003-4000-8000-000000000001', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_entity_relationships VALUES ('00000001-0004-4000-8000-000000000002', 'Bob''s agent: ü', 'person:ada', 'person:ada', 'is', 0.7, '00000001-0003-4000-8000-000000000002', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000000-0002-4000-8000-000000000000', 'ada', 's-1', '2026-01-01 10:00:00.123456+00', 'I live in São Paulo.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 06:35:14.944556+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000000-0002-4000-8000-000000000001', 'ada', 's-1', '2026-01-02 10:00:00.123456+00', '  Now in Lisbon.
', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 06:35:14.944556+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000000-0002-4000-8000-000000000002', 'ada', 's-1', '2026-01-03 10:00:00.123456+00', 'Carlos plays the violin.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 06:35:14.944556+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000001-0002-4000-8000-000000000000', 'Bob''s agent: ü', 's-1', '2026-01-01 10:00:00.123456+00', 'I live in São Paulo.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 06:35:14.944556+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000001-0002-4000-8000-000000000001', 'Bob''s agent: ü', 's-1', '2026-01-02 10:00:00.123456+00', '  Now in Lisbon.
', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 06:35:14.944556+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000001-0002-4000-8000-000000000002', 'Bob''s agent: ü', 's-1', '2026-01-03 10:00:00.123456+00', 'Carlos plays the violin.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 06:35:14.944556+00', NULL, NULL, NULL);
INSERT INTO public.memory_fact_entity_links VALUES ('eab4b620-6be2-49a8-b945-37d18410bbec', '00000000-0003-4000-8000-000000000000', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('33c66ec7-2fcd-4ad0-9572-2a1bee1cafc2', '00000000-0003-4000-8000-000000000001', 'person:carlos_silva', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('98ce234d-9070-4736-8d19-2de87649c810', '00000000-0003-4000-8000-000000000002', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('e221c8c6-97c4-48be-b21c-cf339ef7a537', '00000000-0003-4000-8000-000000000003', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('af0b8028-6f2d-41f2-a6b0-bd29c6cafac4', '00000000-0003-4000-8000-000000000004', 'person:carlos_silva', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('3afaa0cb-c76b-4daf-ac97-f6a4341b88c8', '00000000-0003-4000-8000-000000000005', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('2f2d6c30-343d-4e97-9319-85324949f188', '00000000-0003-4000-8000-000000000005', 'place:sao_paulo', false, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('3812ae5b-4319-4f3d-bc37-5ddbb1343434', '00000000-0003-4000-8000-000000000005', 'person:carlos_silva', false, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('5a590ab5-81d8-4148-837b-189d4f0a83c9', '00000001-0003-4000-8000-000000000000', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('26f327bb-f851-436d-9c14-6ce9f6017737', '00000001-0003-4000-8000-000000000001', 'person:carlos_silva', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('c3208daf-5085-4345-99c9-a38d3ffa6979', '00000001-0003-4000-8000-000000000002', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('5e23df5e-f207-467f-88b2-e3f94f30e87c', '00000001-0003-4000-8000-000000000003', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('0fcec873-7307-43f9-8e11-ab20a9670f75', '00000001-0003-4000-8000-000000000004', 'person:carlos_silva', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('205ef384-a9e2-4ae6-bf89-fea1519b98ac', '00000001-0003-4000-8000-000000000005', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('8986bbe2-fca1-469a-8592-eadfe8174416', '00000001-0003-4000-8000-000000000005', 'place:sao_paulo', false, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('a892004b-d0c5-481d-809a-6b815d03d577', '00000001-0003-4000-8000-000000000005', 'person:carlos_silva', false, 'Bob''s agent: ü');
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000000', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, '00000000-0002-4000-8000-000000000000', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000001', 'ada', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', 'hobby', 0.9, 0.5, true, false, '2026-01-02 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', NULL, 3, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', '2026-01-02 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000002', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in Lisbon.', NULL, 0.8, 0.5, false, false, '2026-01-03 10:00:00.123456+00', NULL, NULL, '00000000-0002-4000-8000-000000000001', '00000000-0003-4000-8000-000000000000', NULL, NULL, '2026-01-03 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-03 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000003', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Has a cat.', NULL, 0.8, 0.5, false, false, '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000004', 'ada', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', NULL, 0.8, 0.5, false, false, '2026-01-05 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-05 10:00:00.123456+00', NULL, 0, NULL, 0, 'said twice', NULL, 'again', NULL, '2026-01-05 10:00:00.123456+00', '2026-01-05 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000005', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Met Carlos Silva in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-06 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', '2026-01-06 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000000', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, '00000001-0002-4000-8000-000000000000', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000001', 'Bob''s agent: ü', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', 'hobby', 0.9, 0.5, true, false, '2026-01-02 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', NULL, 3, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', '2026-01-02 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000002', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in Lisbon.', NULL, 0.8, 0.5, false, false, '2026-01-03 10:00:00.123456+00', NULL, NULL, '00000001-0002-4000-8000-000000000001', '00000001-0003-4000-8000-000000000000', NULL, NULL, '2026-01-03 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-03 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000003', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Has a cat.', NULL, 0.8, 0.5, false, false, '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000004', 'Bob''s agent: ü', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', NULL, 0.8, 0.5, false, false, '2026-01-05 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-05 10:00:00.123456+00', NULL, 0, NULL, 0, 'said twice', NULL, 'again', NULL, '2026-01-05 10:00:00.123456+00', '2026-01-05 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000005', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Met Carlos Silva in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-06 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', '2026-01-06 10:00:00.123456+00', NULL, NULL, false);
ALTER TABLE ONLY public.memory_attribute_registry
    ADD CONSTRAINT memory_attribute_registry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_clusters
    ADD CONSTRAINT memory_clusters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entities
    ADD CONSTRAINT memory_entities_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entity_aliases
    ADD CONSTRAINT memory_entity_aliases_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entity_relationships
    ADD CONSTRAINT memory_entity_relationships_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_events
    ADD CONSTRAINT memory_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_fact_entity_links
    ADD CONSTRAINT memory_fact_entity_links_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_facts
    ADD CONSTRAINT memory_facts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_intentions
    ADD CONSTRAINT memory_intentions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_meta_observations
    ADD CONSTRAINT memory_meta_observations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.session_observations
    ADD CONSTRAINT session_observations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entity_aliases
    ADD CONSTRAINT uq_entity_alias_user_alias UNIQUE (agent_id, alias);
ALTER TABLE ONLY public.memory_entity_relationships
    ADD CONSTRAINT uq_entity_relationship UNIQUE (agent_id, source_entity_key, target_entity_key, rel_type);
ALTER TABLE ONLY public.memory_fact_entity_links
    ADD CONSTRAINT uq_fact_entity_link UNIQUE (fact_id, entity_key);
ALTER TABLE ONLY public.memory_entities
    ADD CONSTRAINT uq_memory_entity_user_key UNIQUE (agent_id, canonical_key);
CREATE INDEX idx_session_obs_user_active ON public.session_observations USING btree (agent_id, is_active);
CREATE INDEX ix_entity_alias_user_lookup ON public.memory_entity_aliases USING btree (agent_id, alias);
CREATE INDEX ix_entity_rel_source ON public.memory_entity_relationships USING btree (agent_id, source_entity_key);
CREATE INDEX ix_entity_rel_target ON public.memory_entity_relationships USING btree (agent_id, target_entity_key);
CREATE INDEX ix_fact_entity_links_fact ON public.memory_fact_entity_links USING btree (fact_id);
CREATE INDEX ix_fact_entity_links_user_entity ON public.memory_fact_entity_links USING btree (agent_id, entity_key);
CREATE UNIQUE INDEX ix_memory_attribute_registry_key ON public.memory_attribute_registry USING btree (key);
CREATE INDEX ix_memory_clusters_agent_id ON public.memory_clusters USING btree (agent_id);
CREATE INDEX ix_memory_entities_agent_id ON public.memory_entities USING btree (agent_id);
CREATE INDEX ix_memory_entity_aliases_agent_id ON public.memory_entity_aliases USING btree (agent_id);
CREATE INDEX ix_memory_entity_relationships_agent_id ON public.memory_entity_relationships USING btree (agent_id);
CREATE INDEX ix_memory_entity_relationships_source_entity_key ON public.memory_entity_relationships USING btree (source_entity_key);
CREATE INDEX ix_memory_entity_relationships_target_entity_key ON public.memory_entity_relationships USING btree (target_entity_key);
CREATE INDEX ix_memory_entity_user_active ON public.memory_entities USING btree (agent_id, is_active);
CREATE INDEX ix_memory_events_agent_id ON public.memory_events USING btree (agent_id);
CREATE INDEX ix_memory_events_session_id ON public.memory_events USING btree (session_id);
CREATE INDEX ix_memory_facts_agent_id ON public.memory_facts USING btree (agent_id);
CREATE INDEX ix_memory_intentions_agent_id ON public.memory_intentions USING btree (agent_id);
CREATE INDEX ix_memory_meta_observations_agent_id ON public.memory_meta_observations USING btree (agent_id);
CREATE INDEX ix_session_observations_agent_id ON public.session_observations USING btree (agent_id);
ALTER TABLE ONLY public.memory_entity_relationships
    ADD CONSTRAINT memory_entity_relationships_evidence_fact_id_fkey FOREIGN KEY (evidence_fact_id) REFERENCES public.memory_facts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.memory_fact_entity_links
    ADD CONSTRAINT memory_fact_entity_links_fact_id_fkey FOREIGN KEY (fact_id) REFERENCES public.memory_facts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.memory_facts
    ADD CONSTRAINT memory_facts_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES public.memory_clusters(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.memory_facts
    ADD CONSTRAINT memory_facts_source_event_id_fkey FOREIGN KEY (source_event_id) REFERENCES public.memory_events(id);
