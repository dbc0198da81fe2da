// SPDX-License-Identifier: Apache-2.0
//
// Set Features and Get Features: the values, their checks and the answer in dword 0. Combinational
// answer; with set = 1 a value that passes is stored in this cycle. Nothing is saveable and Get
// Features knows current values only (ONCS says so). Values return to their defaults at reset.
`include "nvme_defs.vh"
`default_nettype none
module nvme_features #(
    parameter NR_IO_QUEUES = 4
) (
    input  wire        clk,
    input  wire        rst,

    input  wire        set,             // store
    input  wire        is_set,          // the command is Set Features
    input  wire [31:0] nsid,
    input  wire [31:0] cdw10,
    input  wire [31:0] cdw11,
    input  wire        io_queues_exist,
    output reg  [11:0] status,
    output reg  [31:0] dw0,

    // values that other blocks use
    output wire [15:0] temp_over,
    output wire [15:0] temp_under,
    output wire [31:0] event_config
);
    localparam [7:0] F_ARBITRATION = 8'h01,
                     F_POWER       = 8'h02,
                     F_TEMPERATURE = 8'h04,
                     F_ERROR_REC   = 8'h05,
                     F_WRITE_CACHE = 8'h06,
                     F_NR_QUEUES   = 8'h07,
                     F_COALESCING  = 8'h08,
                     F_VECTOR      = 8'h09,
                     F_ATOMICITY   = 8'h0A,
                     F_EVENTS      = 8'h0B;
    localparam [15:0] TEMP_OVER_DEFAULT = 16'd343;      // kelvin, as WCTEMP
    localparam [15:0] NR_IO = NR_IO_QUEUES[15:0];
    localparam [15:0] NR_M1 = NR_IO - 16'd1;
    localparam        VEC_W = $clog2(NR_IO_QUEUES + 1);

    reg [31:0]             arbitration_q;
    reg [2:0]              workload_q;
    reg [15:0]             over_q;
    reg [15:0]             under_q;
    reg [15:0]             tler_q;
    reg                    wce_q;
    reg [15:0]             coalescing_q;
    reg [NR_IO_QUEUES:0]   no_coalescing_q;
    reg                    atomicity_q;
    reg [31:0]             events_q;

    wire [7:0]  fid      = cdw10[7:0];
    wire [15:0] vector   = cdw11[15:0];
    wire        over_sel = cdw11[21:20] == 2'd0;
    wire [3:0]  sensor   = cdw11[19:16];
    // composite only; a set may name all sensors
    wire        temp_ok  = !cdw11[21] && (sensor == 4'd0 || (is_set && sensor == 4'd15));
    wire        nsid_ok  = nsid == 32'd1 || (is_set && nsid == 32'hFFFF_FFFF);
    wire [NR_IO_QUEUES:0] vector_bits = no_coalescing_q >> vector[VEC_W-1:0];

    assign temp_over    = over_q;
    assign temp_under   = under_q;
    assign event_config = events_q;

    always @* begin
        status = `NVME_OK;
        dw0    = 32'd0;
        case (fid)
            F_ARBITRATION:
                dw0 = arbitration_q;
            F_POWER: begin
                dw0 = {24'd0, workload_q, 5'd0};
                if (is_set && cdw11[4:0] != 5'd0)
                    status = `NVME_INVALID_FIELD;
            end
            F_TEMPERATURE: begin
                dw0 = {16'd0, over_sel ? over_q : under_q};
                if (!temp_ok)
                    status = `NVME_INVALID_FIELD;
            end
            F_ERROR_REC: begin
                dw0 = {16'd0, tler_q};
                if (!nsid_ok)
                    status = `NVME_INVALID_NS;
                else if (is_set && cdw11[16])
                    status = `NVME_INVALID_FIELD;
            end
            F_WRITE_CACHE:
                dw0 = {31'd0, wce_q};
            F_NR_QUEUES: begin
                dw0 = {NR_M1, NR_M1};
                if (is_set && (cdw11[31:16] == 16'hFFFF || cdw11[15:0] == 16'hFFFF))
                    status = `NVME_INVALID_FIELD;
                else if (is_set && io_queues_exist)
                    status = `NVME_CMD_SEQUENCE;
            end
            F_COALESCING:
                dw0 = {16'd0, coalescing_q};
            F_VECTOR: begin
                dw0 = {15'd0, vector_bits[0], vector};
                if (vector > NR_IO)
                    status = `NVME_INVALID_FIELD;
            end
            F_ATOMICITY:
                dw0 = {31'd0, atomicity_q};
            F_EVENTS:
                dw0 = events_q;
            default:
                status = `NVME_INVALID_FIELD;
        endcase
        if (is_set && fid != F_NR_QUEUES)
            dw0 = 32'd0;
        if (status == `NVME_OK && is_set && cdw10[31])
            status = `NVME_NOT_SAVEABLE;
        if (status == `NVME_OK && !is_set && cdw10[10:8] != 3'd0)
            status = `NVME_INVALID_FIELD;
        if (status != `NVME_OK)
            dw0 = 32'd0;
    end

    always @(posedge clk) begin
        if (rst) begin
            arbitration_q   <= 32'd0;
            workload_q      <= 3'd0;
            over_q          <= TEMP_OVER_DEFAULT;
            under_q         <= 16'd0;
            tler_q          <= 16'd0;
            wce_q           <= 1'b1;
            coalescing_q    <= 16'd0;
            no_coalescing_q <= {(NR_IO_QUEUES+1){1'b0}};
            atomicity_q     <= 1'b0;
            events_q        <= 32'd0;
        end else if (set && status == `NVME_OK) begin
            case (fid)
                F_ARBITRATION: arbitration_q <= cdw11 & 32'hFFFF_FF07;
                F_POWER:       workload_q    <= cdw11[7:5];
                F_TEMPERATURE:
                    if (over_sel)
                        over_q <= cdw11[15:0];
                    else
                        under_q <= cdw11[15:0];
                F_ERROR_REC:   tler_q        <= cdw11[15:0];
                F_WRITE_CACHE: wce_q         <= cdw11[0];
                F_COALESCING:  coalescing_q  <= cdw11[15:0];
                F_VECTOR:
                    no_coalescing_q[vector[VEC_W-1:0]] <= cdw11[16];
                F_ATOMICITY:   atomicity_q   <= cdw11[0];
                F_EVENTS:      events_q      <= cdw11;
                default: ;
            endcase
        end
    end

    wire unused = &{1'b0, cdw10[30:11], vector_bits[NR_IO_QUEUES:1]};
endmodule
`default_nettype wire
