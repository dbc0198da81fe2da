// SPDX-License-Identifier: Apache-2.0
//
// Asynchronous Event Requests (up to 4 wait) and the events: an invalid doorbell register or value
// (error), the temperature beyond its threshold (SMART). After an event its type is masked until the
// host reads its log page without Retain Asynchronous Event.
`include "nvme_defs.vh"
`default_nettype none
module nvme_aer (
    input  wire        clk,
    input  wire        rst,

    // Asynchronous Event Request; full: over the limit
    input  wire        push,
    input  wire [15:0] push_cid,
    output wire        full,

    // Abort: abort_hit is combinational; with abort = 1 the request found is ended
    input  wire        abort,
    input  wire [15:0] abort_cid,
    output wire        abort_hit,

    // events
    input  wire        bad_reg,
    input  wire        bad_val,
    input  wire        temp_critical,
    input  wire        temp_enabled,
    input  wire        read_error_log,
    input  wire        read_smart_log,

    // completions
    output wire        cpl_valid,
    input  wire        cpl_ready,
    output wire [15:0] cpl_cid,
    output wire [11:0] cpl_status,
    output wire [31:0] cpl_dw0
);
    reg [2:0]  count_q;
    reg [63:0] cids_q;          // oldest lowest
    reg        abort_q;         // an aborted request's end waits
    reg [15:0] abort_cid_q;
    reg        err_q;
    reg        err_value_q;
    reg        err_masked_q;
    reg        smart_q;
    reg        smart_masked_q;
    reg        critical_q;

    wire [3:0] hit = {count_q > 3'd3 && cids_q[63:48] == abort_cid,
                      count_q > 3'd2 && cids_q[47:32] == abort_cid,
                      count_q > 3'd1 && cids_q[31:16] == abort_cid,
                      count_q > 3'd0 && cids_q[15:0] == abort_cid};

    wire send_err   = err_q && !err_masked_q && count_q != 3'd0;
    wire send_smart = smart_q && !smart_masked_q && count_q != 3'd0;
    wire send_event = !abort_q && (send_err || send_smart);
    wire sent       = send_event && cpl_ready;

    assign full      = count_q == 3'd4;
    assign abort_hit = hit != 4'd0 && !abort_q && !send_event;
    assign cpl_valid = abort_q || send_event;
    assign cpl_cid   = abort_q ? abort_cid_q : cids_q[15:0];
    assign cpl_status = abort_q ? `NVME_ABORT_REQUESTED : `NVME_OK;
    assign cpl_dw0   = abort_q ? 32'd0 :
                       send_err ? {8'd0, 8'h01, 7'd0, err_value_q, 8'h00} :
                                  {8'd0, 8'h02, 8'h01, 8'h01};

    // the list without the request that ends
    wire        take_abort = abort && abort_hit;
    wire        drop       = sent || take_abort;
    reg  [63:0] cids_d;
    always @* begin
        cids_d = cids_q;
        if (sent || (take_abort && hit[0]))
            cids_d = {16'd0, cids_q[63:16]};
        else if (take_abort && hit[1])
            cids_d = {16'd0, cids_q[63:32], cids_q[15:0]};
        else if (take_abort && hit[2])
            cids_d = {16'd0, cids_q[63:48], cids_q[31:0]};
    end
    wire [2:0] count_d = drop ? count_q - 3'd1 : count_q;

    always @(posedge clk) begin
        if (rst) begin
            count_q        <= 3'd0;
            abort_q        <= 1'b0;
            err_q          <= 1'b0;
            err_masked_q   <= 1'b0;
            smart_q        <= 1'b0;
            smart_masked_q <= 1'b0;
            critical_q     <= 1'b0;
        end else begin
            count_q <= push ? count_d + 3'd1 : count_d;

            if (take_abort)
                abort_q <= 1'b1;
            else if (cpl_ready)
                abort_q <= 1'b0;

            if (bad_reg || bad_val)
                err_q <= 1'b1;
            else if (read_error_log || (sent && send_err))
                err_q <= 1'b0;
            if (read_error_log)
                err_masked_q <= 1'b0;
            else if (sent && send_err)
                err_masked_q <= 1'b1;

            critical_q <= temp_critical;
            if (temp_critical && !critical_q && temp_enabled)
                smart_q <= 1'b1;
            else if (read_smart_log || (sent && !send_err))
                smart_q <= 1'b0;
            if (read_smart_log)
                smart_masked_q <= 1'b0;
            else if (sent && !send_err)
                smart_masked_q <= 1'b1;
        end

        cids_q <= cids_d;
        if (push)
            cids_q[{count_d[1:0], 4'd0} +: 16] <= push_cid;
        if (take_abort)
            abort_cid_q <= abort_cid;
        if (bad_reg || bad_val)
            err_value_q <= bad_val && !bad_reg;
    end
endmodule
`default_nettype wire
